import fs from "node:fs";
import type { TestQueue } from "../test/support/test-queue.ts";
import { pause } from "../test/support/until.ts";
import { withManager } from "./manager.ts";
import { run } from "./program.ts";
import { shippedQueue } from "./queues.ts";

/** The share of the time gone by after which the end is looked for again: looking must cost next to nothing. */
const LOOK_SHARE = 1 / 200;
const MIN_LOOK_MS = 2;

/** Number of jobs that have ended, and the seconds they took. */
export interface Drained {
  readonly jobs: number;
  readonly seconds: number;
}

/** Jobs of `true` through the manager of the built program, from the first rename into the queue. */
export async function drainOwn(jobs: number, processors: number, capSeconds: number): Promise<Drained> {
  const queue = shippedQueue({ MaxNbProcessors: processors });
  try {
    const deliveries = prepare(queue, jobs);
    await run(["sync"]);
    return await withManager(queue, "daemon", async () => {
      const startMs = performance.now();
      for (const [prepared, delivered] of deliveries) fs.renameSync(prepared, delivered);
      return await untilEnded(queue, jobs, startMs, capSeconds);
    });
  } finally {
    await queue.close();
  }
}

/** Makes the folders beside the queue; from where to where each is to be renamed. */
function prepare(queue: TestQueue, jobs: number): [from: string, to: string][] {
  return Array.from({ length: jobs }, (_, at) => {
    const name = `${String(at).padStart(5, "0")}_short_run`;
    const prepared = queue.stage({ script: "true" }, { QM_READY: "" });
    return [prepared, queue.folder("queue", name)];
  });
}

async function untilEnded(
  { layout }: TestQueue,
  jobs: number,
  startMs: number,
  capSeconds: number,
): Promise<Drained> {
  for (;;) {
    const ended = fs.readdirSync(layout.finished).length;
    const seconds = (performance.now() - startMs) / 1000;
    if (ended >= jobs || seconds > capSeconds) return { jobs: ended, seconds };
    await pause(Math.max(MIN_LOOK_MS, seconds * 1000 * LOOK_SHARE));
  }
}
