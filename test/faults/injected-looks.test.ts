import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WANTS_LONG } from "../support/chance.ts";
import { TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { COURSES, type Course } from "./every-call-courses.ts";
import { Life, learnCalls, ONE_THREAD, shareOut } from "./every-call-life.ts";
import { spread } from "./every-call-points.ts";
import { injectedIn } from "./every-call-trace.ts";

/** Number of opens in a row that fail, and of places in each life. */
const OPENS = 4;
const PLACES = WANTS_LONG ? 100 : 5;

let queue: TestQueue | undefined;

afterEach(async () => {
  await queue?.close();
  queue = undefined;
});

/** The command line with which every look at one file fails; the program's own follows. */
function blinding(file: string, traceFile: string): string[] {
  const looks = "?stat,?lstat,?newfstatat,?statx,?access,?faccessat,?faccessat2";
  return [
    "strace",
    "-qq",
    "-D",
    "-o",
    traceFile,
    "-P",
    file,
    "-e",
    `trace=${looks}`,
    "-e",
    `inject=${looks}:error=EIO`,
  ];
}

describe.runIf(toolOrSkip("strace"))("a manager that cannot see (EIO) whether", () => {
  it.each([
    ["a job is held", (root: string) => path.join(root, "QM_qJobs/job/QM_HOLD")],
    ["the queue is paused", (root: string) => path.join(root, "QM_PAUSE")],
  ])("%s does not start the job", async (_, fileOf) => {
    queue = new TestQueue({ Settle_Time: 0.1, Poll_Interval: 0.1 });
    const { layout } = queue;
    const file = fileOf(layout.root);
    queue.deliver("job", { script: "true" });
    fs.writeFileSync(file, "ann\n");
    const traceFile = path.join(queue.base, "trace");
    queue.launch({ under: blinding(file, traceFile) });
    await until("some looks", () => injectedIn(traceFile) > 10 || queue?.stagesOf("job")[0] !== "queue");
    expect(queue.stagesOf("job")).toEqual(["queue"]);
  });

  it("one thing in the queue is a folder says so, and goes on with all others", async () => {
    queue = new TestQueue();
    const traceFile = path.join(queue.base, "trace");
    await queue.start({ under: blinding(queue.folder("queue", "bad"), traceFile) });
    queue.deliver("bad", { script: "true" });
    await until("a look at it", () => injectedIn(traceFile) > 0);
    queue.deliver("good", { script: "true" });
    expect(await queue.ended("good")).toMatchObject({ state: "done" });
    const shown = await until("word of it", () => queue?.status()?.arriving[0]);
    expect(shown).toMatchObject({ name: "bad", reason: "the manager cannot read it: EIO" });
  });
});

describe.runIf(toolOrSkip("strace"))("a manager that can open no file for a while (EMFILE)", () => {
  it.each(COURSES.filter(({ starts }) => starts > 0).map((course) => [course.title, course] as const))(
    "in the life of a job that %s brings the job to its proper end",
    async (_, course) => {
      const opens = (await learnCalls(course, "all")).filter(({ name }) => name === "openat");
      const first = opens.findIndex(({ files }) => files[0] === ".qm/QueueManager.log");
      const places = spread(
        opens.slice(first).map(({ number }) => number),
        PLACES,
      );
      const tries = await shareOut(places, (place) => openNothing(course, place));
      expect(tries.flatMap(({ faults }) => faults)).toEqual([]);
      expect(tries.filter(({ wasHit }) => wasHit).length).toBeGreaterThan(places.length / 2);
    },
  );
});

async function openNothing(course: Course, place: number) {
  const life = await Life.begin(course);
  const { queue, traceFile } = life;
  try {
    const inject = `inject=openat:error=EMFILE:when=${place}..${place + OPENS - 1}`;
    const under = ["strace", "-qq", "-D", "-o", traceFile, "-e", "trace=openat", "-e", inject];
    const manager = queue.launch({ under, environment: ONE_THREAD });
    const wrong = await life.whatIsWrong();
    const failed = fs
      .readFileSync(traceFile, "utf8")
      .split("\n")
      .filter((line) => line.endsWith("(INJECTED)"));
    const faults = [wrong, manager.ended === undefined ? undefined : "the manager ended"].filter(
      (fault) => fault !== undefined,
    );
    return { wasHit: failed.length > 0, faults: faults.map((fault) => `${failed.join("\n")}\n${fault}`) };
  } finally {
    await queue.close();
  }
}
