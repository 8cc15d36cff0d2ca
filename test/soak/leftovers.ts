import fs from "node:fs";
import path from "node:path";
import { letterFolders } from "../../src/mail/stored-letter.ts";
import { STAGES } from "../../src/queue/layout.ts";
import type { TestQueue } from "../support/test-queue.ts";

/** Things that lie or run where nothing ought to once all jobs have ended and the manager has stopped. */
export function leftoversOf(queue: TestQueue): string[] {
  const { layout } = queue;
  const { strange } = letterFolders(layout.outbox);
  return [
    ...queue.attempts().map((name) => `the attempt ${name}`),
    ...lettersWaiting(queue).map((name) => `the letter ${name}`),
    ...listed(strange).map((name) => `the strange letter ${name}`),
    ...listed(layout.trash).map((name) => `${name} in the trash`),
    ...temporaryFiles(layout.state).map((file) => `the temporary file ${file}`),
    ...STAGES.flatMap((stage) =>
      listed(layout[stage]).filter((name) => name.startsWith(".") || name.endsWith(".part")),
    ).map((name) => `${name} among the jobs`),
    ...queue.processes().map((pid) => `process ${pid} of a job: ${commandLine(pid)}`),
    ...ownProcesses(queue.base).map((pid) => `process ${pid}: ${commandLine(pid)}`),
  ];
}

/** Names of the letters that are still to be sent. */
export function lettersWaiting({ layout }: TestQueue): string[] {
  return listed(layout.outbox).filter((name) => /^2.*\.json$/.test(name));
}

function temporaryFiles(state: string): string[] {
  return fs
    .readdirSync(state, { recursive: true, encoding: "utf8" })
    .filter((file) => /^\.|\.tmp$|\.part$/.test(path.basename(file)));
}

/** Processes of the program in this queue: their command lines name its folder. */
function ownProcesses(base: string): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => commandLine(pid).includes(base));
}

function commandLine(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function listed(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}
