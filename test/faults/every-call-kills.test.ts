import { beforeAll, describe, expect, it } from "vitest";
import { waitingLetters } from "../manager/mail-fixture.ts";
import { sample } from "../support/chance.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { COURSES, type Course } from "./every-call-courses.ts";
import { Life, learnCalls, ONE_THREAD, SELDOM, shareOut } from "./every-call-life.ts";
import { type CallPoint, changingPoints, distinct, type KeyedPoint, meddling } from "./every-call-points.ts";

/** With `QM_TEST_KILL_POINTS=all` every single call is tried, however often the like of it was. */
const WANTS_ALL = process.env["QM_TEST_KILL_POINTS"] === "all";

interface CoursePoint extends KeyedPoint {
  readonly course: Course;
}

describe.runIf(toolOrSkip("strace"))("a manager killed at any system call of a job's life", () => {
  let found: readonly CoursePoint[] = [];
  let tried: readonly CoursePoint[] = [];

  beforeAll(async () => {
    const lives = await shareOut(COURSES, async (course) => ({
      course,
      traces: [await learnCalls(course, "changing"), await learnCalls(course, "syncing")],
    }));
    found = lives.flatMap(({ course, traces }) =>
      traces.flatMap((calls) => changingPoints(calls, course).map((point) => ({ ...point, course }))),
    );
    tried = WANTS_ALL ? found : distinct(found);
  });

  it.each(COURSES.map((course) => [course.title, course] as const))(
    "of one that %s leaves nothing that the next one does not put right",
    { timeout: WANTS_ALL ? 7_200_000 : 900_000 },
    async (_, course) => {
      const startedMs = performance.now();
      const points = sample(tried.filter((each) => each.course === course)).map(({ point }) => point);
      const kills = await shareOut(points, (point) => killAt(course, point));
      const hits = kills.filter(({ wasHit }) => wasHit).length;
      const missed = kills.filter(({ wasHit }) => !wasHit).map(({ at }) => at);
      process.stderr.write(
        `kill points, a job that ${course.title}: ${points.length} tried of ${countOf(found, course)}, ` +
          `${hits} killed in the very call, ${Math.round((performance.now() - startedMs) / 1000)} s` +
          `${missed.length === 0 ? "" : `; missed: ${missed.join(", ")}`}\n`,
      );
      expect(kills.flatMap(({ at, faults }) => faults.map((fault) => `killed at ${at}: ${fault}`))).toEqual(
        [],
      );
      expect(countOf(tried, course)).toBeGreaterThan(15);
      // The number of signals depends on the processes that are there to get one; every other call has to come.
      const missedCalls = missed.filter((at) => !/^kill\b/.test(at));
      expect(missedCalls.length).toBeLessThanOrEqual(Math.max(1, points.length * 0.1));
    },
  );
});

function countOf(points: readonly CoursePoint[], course: Course): number {
  return points.filter((each) => each.course === course).length;
}

async function killAt(course: Course, point: CallPoint) {
  const life = await Life.begin(course);
  const { queue, traceFile } = life;
  try {
    const under = meddling(point, "signal=KILL", { root: queue.layout.root, traceFile });
    const doomed = queue.launch({ under, environment: ONE_THREAD });
    // In a life that goes another way the call may not come.
    const isOver = () => doomed.ended !== undefined || life.isOver();
    await until("the kill, or the end of the job's life", isOver, SELDOM);
    const wasHit = (await doomed.end(1500).catch(() => undefined)) === "SIGKILL";
    await doomed.kill();
    const left = life.whatIsLeftWrong();
    const letters = waitingLetters(queue);
    await queue.start();
    const wrong = await life.whatIsWrong();
    const isSame = letters.every((letter) => waitingLetters(queue).includes(letter));
    const faults = [left, wrong, isSame ? undefined : "the letter has another name now"];
    return { at: point.what, wasHit, faults: faults.filter((fault) => fault !== undefined) };
  } finally {
    await queue.close();
  }
}
