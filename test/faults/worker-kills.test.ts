import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { auditedScript } from "../support/audit.ts";
import { sample, WANTS_LONG } from "../support/chance.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { WorkerProcess } from "../support/worker-process.ts";
import type { Course } from "./every-call-courses.ts";
import { Life, ONE_THREAD, SELDOM, shareOut } from "./every-call-life.ts";
import { type CallPoint, changingPoints, distinct, type KeyedPoint, meddling } from "./every-call-points.ts";
import { type Call, isComplete, readCalls, type Traced, tracing } from "./every-call-trace.ts";

/** A job that a worker on another machine runs; the manager beside it goes on undisturbed. */
const COURSE: Course = {
  title: "runs on a worker and fails",
  delivers: "runnable",
  settings: { Settle_Time: 0.1, Poll_Interval: 0.1, Local_Worker: "False" },
  mails: false,
  deliver: (queue, audit) => {
    // In the worker's paths, which have to be the same in each life.
    fs.writeFileSync(
      path.join(queue.layout.state, "queue.json"),
      JSON.stringify({ version: 1, id: "queue" }),
    );
    const script = auditedScript(audit, 7, "sleep 0.03");
    queue.deliver("job", { script: ". ./run.sh", worker: "lab2" }, { "run.sh": script });
  },
  stage: "finished",
  history: ["1 failed 7"],
  starts: 1,
};

/** A life with its manager, and a worker that has not started yet. */
async function begin() {
  const life = await Life.begin(COURSE);
  const worker = new WorkerProcess(life.queue, "lab2");
  worker.environment = ONE_THREAD;
  await life.queue.start();
  return { life, worker, root: life.queue.base, traceFile: life.traceFile };
}

type Begun = Awaited<ReturnType<typeof begin>>;

async function close({ life, worker }: Begun): Promise<void> {
  await worker.end();
  await life.queue.close();
}

async function learn(what: Traced): Promise<Call[]> {
  const begun = await begin();
  const { life, worker, root, traceFile } = begun;
  try {
    worker.under = tracing(traceFile, what);
    worker.launch();
    expect(await life.whatIsWrong()).toBeUndefined();
    await until("its records' removal", () => worker.attempts().length === 0, SELDOM);
    await worker.end();
    await until("the whole trace", () => isComplete(traceFile, worker.pid));
    return readCalls(traceFile, root, worker.pid);
  } finally {
    await close(begun);
  }
}

async function killAt(point: CallPoint) {
  const begun = await begin();
  const { life, worker, root, traceFile } = begun;
  try {
    worker.under = meddling(point, "signal=KILL", { root, traceFile });
    worker.launch();
    const isOver = () => worker.ended !== undefined || (life.isOver() && worker.attempts().length === 0);
    await until("the kill, or the end of the job's life", isOver, SELDOM);
    const wasHit = worker.ended === "SIGKILL";
    const left = life.whatIsLeftWrong();
    await worker.end();
    worker.under = [];
    await worker.start();
    const wrong = await life.whatIsWrong();
    const kept = await until("its records' removal", () => worker.attempts().length === 0, SELDOM).then(
      () => undefined,
      ({ message }: Error) =>
        `${message}: the worker keeps ${worker.attempts().join(", ")}; it said ${worker.said}`,
    );
    return { at: point.what, wasHit, faults: [left, wrong, kept].filter((fault) => fault !== undefined) };
  } finally {
    await close(begun);
  }
}

describe.runIf(WANTS_LONG && toolOrSkip("strace"))(
  "a worker killed at any system call of a job's life",
  () => {
    let found: readonly KeyedPoint[] = [];

    beforeAll(async () => {
      const traces = await shareOut(["changing", "syncing"] as const, learn);
      found = distinct(traces.flatMap((calls) => changingPoints(calls, COURSE)));
    });

    it("leaves nothing that its next start does not put right", { timeout: 7_200_000 }, async () => {
      const points = sample(found).map(({ point }) => point);
      const kills = await shareOut(points, killAt);
      const missed = kills.filter(({ wasHit }) => !wasHit).map(({ at }) => at);
      process.stderr.write(
        `kill points of a worker: ${points.length} tried of ${found.length}, ${points.length - missed.length} killed in the ` +
          `very call${missed.length === 0 ? "" : `; missed: ${missed.join(", ")}`}\n`,
      );
      expect(kills.flatMap(({ at, faults }) => faults.map((fault) => `killed at ${at}: ${fault}`))).toEqual(
        [],
      );
      expect(found.length).toBeGreaterThan(15);
      expect(missed.length).toBeLessThanOrEqual(Math.max(2, points.length * 0.2));
    });
  },
);
