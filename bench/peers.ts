import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { until } from "../test/support/until.ts";
import { isInstalled } from "./machine.ts";
import { run } from "./program.ts";

/** Another queue, private to the measurement, with its files in a temporary folder. */
export interface Peer {
  readonly program: "tsp" | "nq";
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Submits a command and does not wait for anything. */
  readonly submit: (words: readonly string[]) => void;
  /** Waits until everything submitted has ended. */
  readonly idle: () => Promise<unknown>;
  /** Ends it, whatever it still had to do, and removes its files. */
  readonly close: () => Promise<void>;
}

/** Debian's task-spooler with two slots; undefined where it is not installed. */
export function taskSpooler(): Peer | undefined {
  if (!isInstalled("tsp")) return undefined;
  const folder = temporaryFolder();
  const environment = { TS_SOCKET: path.join(folder, "socket"), TS_SLOTS: "2", TMPDIR: folder };
  const tell = (option: string) =>
    execFileSync("tsp", [option], { env: { ...process.env, ...environment }, stdio: "ignore" });
  // Listing its jobs starts the server, so that no sample pays for that.
  tell("-l");
  const close = async () => {
    tell("-K");
    await remove(folder);
  };
  return { ...peer("tsp", folder, environment), close };
}

/** nq, which runs one job at a time; undefined where it is not installed. */
export function nq(): Peer | undefined {
  if (!isInstalled("nq")) return undefined;
  const folder = temporaryFolder();
  return { ...peer("nq", folder, { NQDIR: folder }), close: () => remove(folder) };
}

function peer(
  program: Peer["program"],
  folder: string,
  environment: Peer["environment"],
): Omit<Peer, "close"> {
  return {
    program,
    folder,
    environment,
    submit: (words) => {
      spawn(program, [...words], { stdio: "ignore", env: { ...process.env, ...environment } });
    },
    idle: () => run([program, "-w"], { environment }),
  };
}

/** Again and again: the last processes of a queue that was ended may still write into it. */
async function remove(folder: string): Promise<void> {
  await until(`the removal of ${folder}`, () => {
    try {
      fs.rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  });
}

function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "qm-bench-peer-"));
}
