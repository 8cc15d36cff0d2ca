/**
 * Cost of many workers on one folder: the manager's pass with all of them busy and many jobs waiting, the manager and a worker while nothing
 * happens, and the file operations of a worker on the folder. Prints one JSON value.
 * `npx tsx bench/workers.ts [WORKERS] [JOBS] [SECONDS]`, after `npm run build`; needs the program `strace`.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PublishedStatus } from "../src/job/published-status.ts";
import { TestQueue } from "../test/support/test-queue.ts";
import { until } from "../test/support/until.ts";
import { WorkerProcess } from "../test/support/worker-process.ts";
import { allAdmitted } from "./calm.ts";
import { toldPasses } from "./pass-time.ts";
import { cpuSeconds } from "./process-cost.ts";

const count = Number(process.argv[2] ?? 20);
const jobs = Number(process.argv[3] ?? 10_000);
const seconds = Number(process.argv[4] ?? 60);
/** The least of them counts: a machine in use does not stay equally fast. */
const READINGS = 3;
const PASSES = 20;
/** As shipped. */
const POLL_SECONDS = 2;

const queue = new TestQueue({ Local_Worker: "False", Poll_Interval: POLL_SECONDS });
const workers = Array.from(
  { length: count },
  (_, at) => new WorkerProcess(queue, `lab${at}`, { pollSeconds: POLL_SECONDS }),
);

async function allWork(): Promise<void> {
  for (const worker of workers) worker.launch("--processors", "1");
  const isOpen = ({ workers: told }: PublishedStatus) => told.filter(({ state }) => state === "open").length;
  await until(
    "the workers",
    () => queue.status() !== undefined && isOpen(queue.status() as PublishedStatus) === count,
  );
}

/** Processor seconds a minute of processes, each the least of several readings. */
async function atRest(pids: readonly number[]): Promise<number[]> {
  const readings: number[][] = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    const before = pids.map(cpuSeconds);
    await sleep((seconds / READINGS) * 1000);
    readings.push(pids.map((pid, at) => ((cpuSeconds(pid) - (before[at] ?? 0)) * READINGS * 60) / seconds));
  }
  return pids.map((_, at) => Math.min(...readings.map((each) => each[at] ?? Number.NaN)));
}

/** System calls of a process on the queue's folder in a second, by their names. */
async function callsOnFolder(pid: number): Promise<Record<string, number>> {
  const file = path.join(queue.base, "trace");
  const what = ["-f", "-qq", "-y", "-e", "trace=%file,%desc", "-o", file, "-p", String(pid)];
  const strace: ChildProcess = spawn("strace", what, { stdio: "ignore" });
  await sleep(seconds * 1000);
  strace.kill("SIGTERM");
  await until("the trace", () => strace.exitCode !== null || strace.signalCode !== null);
  const calls: Record<string, number> = {};
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    const name = /^\d+ +(\w+)\(/.exec(line)?.[1];
    if (name !== undefined && line.includes(`${queue.layout.root}`)) calls[name] = (calls[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(calls).map(([name, number]) => [name, number / seconds]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

try {
  execFileSync("strace", ["-V"], { stdio: "ignore" });
  const pause = path.join(queue.layout.root, "QM_PAUSE");
  await queue.start();
  await allWork();
  const idle = await atRest([queue.managerPid, ...workers.map(({ pid }) => pid)]);
  const calls = await callsOnFolder(workers[0]?.pid ?? 0);
  fs.writeFileSync(pause, "");
  for (let at = 0; at < jobs + count; at += 1)
    queue.deliver(`${String(at).padStart(5, "0")}_run`, { script: "exec sleep 3600" });
  await allAdmitted(queue, jobs + count);
  fs.rmSync(pause);
  await until("busy workers", () => fs.readdirSync(queue.layout.running).length === count);
  await allAdmitted(queue, jobs);
  const [busy = Number.NaN] = await atRest([queue.managerPid]);
  const passes = await toldPasses(queue.layout.status, PASSES);
  const [managerIdle = Number.NaN, ...worker] = idle;
  process.stdout.write(
    `${JSON.stringify({
      workers: count,
      jobs,
      managerSecondsAMinute: { idle: managerIdle, allBusy: busy },
      passMs: { least: Math.min(...passes), most: Math.max(...passes) },
      workerSecondsAMinute: { least: Math.min(...worker), most: Math.max(...worker) },
      workerCallsASecond: { all: sum(Object.values(calls)), ...calls },
    })}\n`,
  );
} finally {
  await Promise.all(
    workers.filter(({ ended, pid }) => ended === undefined && pid > 0).map((worker) => worker.end()),
  );
  await queue.close();
}
