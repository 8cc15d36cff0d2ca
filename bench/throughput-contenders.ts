import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Drained, drainOwn } from "./drain-own.ts";
import { grouped } from "./figure.ts";
import { isInstalled } from "./machine.ts";
import { nq, type Peer, taskSpooler } from "./peers.ts";
import { run } from "./program.ts";
import { spawnTrue } from "./spawn-true.ts";

/** The rows and columns that targets refer to. */
export const THROUGHPUT = {
  own: "QueueManager",
  taskSpooler: "task-spooler",
  rate: (jobs: number) => `${grouped(jobs)} jobs`,
  ratio: (jobs: number) => `${grouped(jobs)} jobs, ratio to task-spooler`,
  cost: (many: number, few: number) => `cost of a job, ${grouped(many)} : ${grouped(few)}`,
} as const;

const PROCESSORS = 2;
const TOO_MANY_PROCESSES = "each waiting job is a process that watches all before it: not tried";

/** Somebody who runs many jobs. */
export interface Contender {
  readonly row: string;
  /** Undefined where its program is missing. */
  readonly drain: ((jobs: number, capSeconds: number) => Promise<Drained>) | undefined;
  /** The reason why it is measured with few jobs only. */
  readonly whyNotMany?: string;
}

/** Everybody who is measured, by turns. */
export function contenders(): Contender[] {
  return [
    { row: THROUGHPUT.own, drain: (jobs, capSeconds) => drainOwn(jobs, PROCESSORS, capSeconds) },
    { row: THROUGHPUT.taskSpooler, drain: isInstalled("tsp") ? drainTaskSpooler : undefined },
    { row: "nq", drain: isInstalled("nq") ? drainNq : undefined, whyNotMany: TOO_MANY_PROCESSES },
    { row: "GNU parallel", drain: isInstalled("parallel") ? drainParallel : undefined },
    { row: "Node alone", drain: drainNode },
  ];
}

async function drainTaskSpooler(jobs: number, capSeconds: number): Promise<Drained> {
  return await withPeer(taskSpooler(), (peer) =>
    timed(async () => {
      if (await submitAll(peer, jobs, capSeconds)) return jobs;
      // Each job that has begun has left a file with its output.
      return fs.readdirSync(peer.folder).filter((name) => name.startsWith("ts-out")).length;
    }),
  );
}

async function drainNq(jobs: number, capSeconds: number): Promise<Drained> {
  return await withPeer(nq(), (one) =>
    withPeer(nq(), (other) =>
      timed(async () => {
        const half = Math.ceil(jobs / 2);
        await Promise.all([submitAll(one, half, capSeconds), submitAll(other, jobs - half, capSeconds)]);
        return jobs;
      }),
    ),
  );
}

async function drainParallel(jobs: number, capSeconds: number): Promise<Drained> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "qm-bench-parallel-"));
  const log = path.join(home, "joblog");
  // -N0: a line of the input each, and nothing of it in the command.
  const words = ["parallel", "-j", String(PROCESSORS), "--joblog", log, "-N0", "true"];
  const options = {
    input: "\n".repeat(jobs),
    environment: { PARALLEL_HOME: home },
    capMs: capSeconds * 1000,
  };
  try {
    return await timed(async () => ((await run(words, options)) ? jobs : linesOf(log) - 1));
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

async function drainNode(jobs: number): Promise<Drained> {
  return await timed(async () => {
    await spawnTrue(jobs, PROCESSORS);
    return jobs;
  });
}

/** Submits jobs one by one, as a loop of the shell does, and waits for the last; false when that took too long. */
function submitAll({ program, environment }: Peer, jobs: number, capSeconds: number): Promise<boolean> {
  const loop = `i=0; while [ $i -lt ${jobs} ]; do ${program} true; i=$((i + 1)); done; ${program} -w`;
  return run(["sh", "-c", loop], { environment, capMs: capSeconds * 1000 });
}

/** @param act gives how many jobs have ended */
async function timed(act: () => Promise<number>): Promise<Drained> {
  const startMs = performance.now();
  const jobs = await act();
  return { jobs, seconds: (performance.now() - startMs) / 1000 };
}

async function withPeer<T>(peer: Peer | undefined, use: (peer: Peer) => Promise<T>): Promise<T> {
  if (peer === undefined) throw new Error("a program that was there is there no more");
  try {
    return await use(peer);
  } finally {
    await peer.close();
  }
}

function linesOf(file: string): number {
  return fs.readFileSync(file, "utf8").trim().split("\n").length;
}
