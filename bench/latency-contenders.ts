import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { TestQueue } from "../test/support/test-queue.ts";
import { until } from "../test/support/until.ts";
import type { Peer } from "./peers.ts";
import { QM } from "./program.ts";
import type { Shot } from "./starting-gun.ts";

/** The rows and columns that targets refer to. */
export const LATENCY = {
  rename: "QueueManager: rename of a ready folder",
  taskSpooler: "task-spooler: `tsp sh -c …`",
  median: "median",
  ratio: "ratio to task-spooler",
} as const;

/** A copy rests for Settle_Time before it starts: measured less often, or it would take most of the time. */
const ROUNDS_A_COPY = 3;

/** Somebody who starts a script. */
export interface Contender {
  readonly row: string;
  /** Undefined where its program is missing. */
  readonly take: ((shot: Shot) => Promise<number>) | undefined;
  readonly roundsASample?: number;
}

/** Those of the other queues that are installed. */
interface Peers {
  readonly taskSpooler: Peer | undefined;
  readonly nq: Peer | undefined;
}

/** Everybody who is measured, by turns. */
export function contenders(queue: TestQueue, peers: Peers): Contender[] {
  return [
    { row: LATENCY.rename, take: (shot) => renamed(queue, shot) },
    { row: "QueueManager: `qm submit -- …`", take: (shot) => submitted(queue, shot) },
    { row: "QueueManager: `cp -r`", take: (shot) => copied(queue, shot), roundsASample: ROUNDS_A_COPY },
    { row: LATENCY.taskSpooler, take: inPeer(peers.taskSpooler) },
    { row: "nq: `nq sh -c …`", take: inPeer(peers.nq) },
    {
      row: "no queue: `sh -c …`",
      take: ({ script, time }) => time(() => spawnQuietly("sh", ["-c", script])),
    },
  ];
}

async function renamed(queue: TestQueue, { script, time }: Shot): Promise<number> {
  const staged = queue.stage({ script }, { QM_READY: "" });
  const delivered = path.join(queue.layout.queue, path.basename(staged));
  return await untilIdle(queue, () => time(() => fs.renameSync(staged, delivered)));
}

async function submitted(queue: TestQueue, { script, time }: Shot): Promise<number> {
  const words = [QM, "--config", queue.configFile, "submit", "--", script];
  return await untilIdle(queue, () => time(() => spawnQuietly(process.execPath, words)));
}

async function copied(queue: TestQueue, { script, time }: Shot): Promise<number> {
  const staged = queue.stage({ script });
  return await untilIdle(queue, () => time(() => spawnQuietly("cp", ["-r", staged, queue.layout.queue])));
}

/** Waits for the end of the job that `begin` brings to its start, and for the manager to have told of it. */
async function untilIdle(queue: TestQueue, begin: () => Promise<number>): Promise<number> {
  const finishedBefore = fs.readdirSync(queue.layout.finished).length;
  const ms = await begin();
  await until("an idle queue", () => {
    if (fs.readdirSync(queue.layout.finished).length === finishedBefore) return false;
    const { arriving = [], waiting = [], running = [] } = queue.status() ?? {};
    return arriving.length + waiting.length + running.length === 0;
  });
  return ms;
}

function inPeer(peer: Peer | undefined): Contender["take"] {
  if (peer === undefined) return undefined;
  return async ({ script, time }) => {
    const ms = await time(() => peer.submit(["sh", "-c", script]));
    await peer.idle();
    return ms;
  };
}

function spawnQuietly(program: string, args: readonly string[]): void {
  spawn(program, args, { stdio: "ignore" });
}
