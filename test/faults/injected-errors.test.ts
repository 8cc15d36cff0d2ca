import { beforeAll, describe, expect, it } from "vitest";
import { sample } from "../support/chance.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { COURSES, type Course, ENDED_ALONE } from "./every-call-courses.ts";
import { Life, learnCalls, ONE_THREAD, shareOut } from "./every-call-life.ts";
import { distinct, meddling } from "./every-call-points.ts";
import { injectedIn } from "./every-call-trace.ts";
import { type FailingPoint, failingPoints } from "./injected-points.ts";

/** With `QM_TEST_INJECTED=all` the same call is tried on each stretch of the job's life. */
const WANTS_ALL = process.env["QM_TEST_INJECTED"] === "all";

interface CourseFailure extends FailingPoint {
  readonly course: Course;
}

/** Causes of each error on a real machine; the last are the calls that only look. */
const ERRORS = [
  ["ENOSPC", "a full disk"],
  ["EACCES", "a lack of permission"],
  ["EXDEV", "another file system"],
  ["EIO", "a failing disk"],
  ["EAGAIN", "no room for another process"],
  ["EMFILE", "no room for another open file"],
] as const;

/** The status and the log, by which nothing is decided. */
const TOLD = / \.qm\/(?:\.?status\.json|QueueManager\.log)/;

/** Queues at a time: these mostly wait until something is tried again. */
const AT_A_TIME = 8;

describe.runIf(toolOrSkip("strace"))("a manager that meets", () => {
  let tried: readonly CourseFailure[] = [];

  beforeAll(async () => {
    const lives = await shareOut([...COURSES, ENDED_ALONE], async (course) => {
      const traces = [await learnCalls(course, "all"), await learnCalls(course, "syncing")];
      const points = traces.flatMap((calls) => failingPoints(calls, { finely: WANTS_ALL }));
      return points.map((point) => ({ ...point, course }));
    });
    tried = distinct(lives.flat());
  });

  it.each(ERRORS)(
    "%s (%s) at any call of a job's life brings the job to its proper end, by itself",
    { timeout: WANTS_ALL ? 7_200_000 : 900_000 },
    async (error) => {
      const startedMs = performance.now();
      const failures = sample(tried.filter(({ failure }) => failure.error === error));
      const results = await shareOut(failures, failAt, AT_A_TIME);
      const hits = results.filter(({ wasHit }) => wasHit).length;
      const missed = results.filter(({ wasHit }) => !wasHit).map(({ at }) => at);
      process.stderr.write(
        `${error}: ${failures.length} calls tried, ${hits} failed, ${Math.round((performance.now() - startedMs) / 1000)} s` +
          `${missed.length === 0 ? "" : `; missed: ${missed.join(", ")}`}\n`,
      );
      expect(results.flatMap(({ at, faults }) => faults.map((fault) => `${at}: ${fault}`))).toEqual([]);
      expect(hits).toBeGreaterThan(0);
      // The number of its signs of life depends on the clock; every other call has to come.
      const missedCalls = missed.filter((at) => !TOLD.test(at));
      expect(missedCalls.length).toBeLessThanOrEqual(Math.max(1, failures.length * 0.1));
    },
  );
});

async function failAt({ course, point, failure }: CourseFailure) {
  const life = await Life.begin(course);
  const { queue, traceFile } = life;
  const { error, times } = failure;
  try {
    const before = queue.said.length;
    const under = meddling(point, `error=${error}`, { root: queue.layout.root, traceFile, times });
    const manager = queue.launch({ under, environment: ONE_THREAD });
    const hasQueue = () => queue.said.slice(before).includes("manager started");
    await until("a manager that has the queue, or gave up", () => hasQueue() || manager.ended !== undefined);
    // A failure before it has the queue may end it, with a reason; the next one goes on.
    const gaveUp = !hasQueue();
    const faults = gaveUp && queue.said.length === before ? ["it ended without a word"] : [];
    if (gaveUp) await queue.start();
    const wrong = await life.whatIsWrong();
    if (wrong !== undefined) faults.push(wrong);
    else if (!gaveUp && manager.ended !== undefined) faults.push(`the manager ended: ${queue.said}`);
    return { at: `${point.what} in a life that ${course.title}`, wasHit: injectedIn(traceFile) > 0, faults };
  } finally {
    await queue.close();
  }
}
