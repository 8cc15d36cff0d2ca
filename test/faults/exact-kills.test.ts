import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { LIVES, SEED } from "../support/chance.ts";
import { KilledCourse } from "../support/killed-course.ts";
import { Random } from "../support/random.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { ONE_THREAD } from "./every-call-life.ts";
import { meddling } from "./every-call-points.ts";

const JOBS_PER_KILL = 2;

/** Calls by which a manager changes something, and about how many of each it makes in the lives of a few jobs. */
const CALLS = [
  { name: "rename", most: 24 },
  { name: "fsync", most: 30 },
  { name: "unlink", most: 16 },
  { name: "mkdir", most: 12 },
  { name: "link", most: 4 },
  { name: "rmdir", most: 6 },
  { name: "write", most: 90 },
] as const;

let course: KilledCourse | undefined;

afterEach(async () => {
  await course?.close();
});

describe.runIf(toolOrSkip("strace"))("a manager killed at exact system calls among many jobs", () => {
  it("keeps every job in one folder, within the limit, run once, with its exit code and one line in the history", {
    timeout: 600_000,
  }, async () => {
    const random = new Random(SEED);
    course = new KilledCourse(random);
    let hits = 0;
    for (let kills = 0; kills < LIVES; kills += 1) if (await liveUntilKilled(course, random)) hits += 1;
    const { placement, notOnce, numbers, mostProcessors, found, expected } = await course.results();
    process.stderr.write(
      `exact kills: ${course.count} jobs, ${LIVES} lives (${hits} killed in the very call), ${placement.looks} looks, seed ${SEED}\n`,
    );
    expect(hits).toBeGreaterThan(LIVES / 2);
    expect(placement).toMatchObject({ violations: [], jobs: course.count });
    expect(mostProcessors).toBeLessThanOrEqual(course.maxProcessors);
    expect(notOnce).toEqual([]);
    expect(numbers.size).toBe(course.count);
    expect(found).toEqual(expected);
  });
});

/** One manager's life with some more jobs; whether it was killed in the call that was chosen for it. */
async function liveUntilKilled(all: KilledCourse, random: Random): Promise<boolean> {
  const { queue } = all;
  const { name, most } = CALLS[random.between(0, CALLS.length - 1)] ?? CALLS[0];
  const point = { name, file: undefined, number: random.between(1, most), what: name };
  const place = { root: queue.layout.root, traceFile: path.join(queue.base, "trace") };
  for (let count = 0; count < JOBS_PER_KILL; count += 1) all.deliver();
  const manager = queue.launch({
    under: meddling(point, "signal=KILL", place),
    environment: ONE_THREAD,
  });
  // The manager is killed at rest where the call does not come as often.
  await until("the kill, or the end of all jobs", () => manager.ended !== undefined || all.isAtRest());
  const wasHit = manager.ended === "SIGKILL";
  await manager.kill();
  return wasHit;
}
