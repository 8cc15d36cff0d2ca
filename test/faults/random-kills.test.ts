import { afterEach, describe, expect, it } from "vitest";
import { LIVES, SEED } from "../support/chance.ts";
import { KilledCourse } from "../support/killed-course.ts";
import { Random } from "../support/random.ts";
import { pause, until } from "../support/until.ts";

const JOBS_PER_KILL = 2;

let course: KilledCourse;

afterEach(async () => {
  await course.close();
});

describe("a manager killed at random moments", () => {
  it("keeps every job in one folder, within the limit, run once, with its exit code and one line in the history", {}, async () => {
    const random = new Random(SEED);
    course = new KilledCourse(random);
    const { queue } = course;
    let amidJobs = 0;
    for (let kills = 0; kills < LIVES; kills += 1) {
      const manager = queue.launch();
      for (let count = 0; count < JOBS_PER_KILL; count += 1) course.deliver();
      // Some die while they start, most while they work.
      if (random.next() < 0.8)
        await until("its start", () => queue.status()?.pid === manager.pid, { pollMs: 5 });
      await pause(random.between(0, 300));
      await manager.kill();
      if (queue.attempts().length > 0) amidJobs += 1;
      expect(manager.ended, queue.said).toBe("SIGKILL");
    }
    const { placement, notOnce, numbers, mostProcessors, found, expected } = await course.results();
    process.stderr.write(
      `random kills: ${course.count} jobs, ${LIVES} kills (${amidJobs} amid jobs), ${placement.looks} looks, seed ${SEED}\n`,
    );
    expect(amidJobs).toBeGreaterThan(LIVES / 4);
    expect(placement).toMatchObject({ violations: [], jobs: course.count });
    expect(queue.said).not.toContain("went back to the queue");
    expect(mostProcessors).toBeLessThanOrEqual(course.maxProcessors);
    expect(notOnce).toEqual([]);
    expect(numbers.size).toBe(course.count);
    expect(found).toEqual(expected);
  });
});
