import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndedAttempt } from "../../../src/web/ended/ended-attempt.ts";
import { statsCsv } from "../../../src/web/routes/stats.ts";
import { StatsCache, statsOf } from "../../../src/web/stats/queue-stats.ts";
import { periodAt, periodName, periodsBetween } from "../../../src/web/stats/stats-query.ts";

const DAY_MS = 86_400_000;
/** A Sunday. */
const NOW = new Date(2026, 10, 22, 15).getTime();

function attempt(daysAgo: number, fields: Partial<EndedAttempt> = {}): EndedAttempt {
  return {
    name: "job",
    runId: "run",
    state: "done",
    reason: "",
    owner: "ada@lab.org",
    description: "",
    attempt: 1,
    processors: 2,
    size: undefined,
    finishedMs: NOW - daysAgo * DAY_MS,
    waitedSeconds: 10,
    ranSeconds: 3600,
    ...fields,
  };
}

describe("days and weeks", () => {
  it("hold every moment between the first and the last exactly once", () => {
    const moments = fc.integer({ min: new Date(2020, 0, 1).getTime(), max: NOW });
    fc.assert(
      fc.property(moments, moments, fc.constantFrom("day" as const, "week" as const), (one, other, kind) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const periods = periodsBetween(kind, from, to);
        const at = periodAt(periods, to) ?? -1;
        expect(at).toBe(periods.startsMs.length - 1);
        expect(periods.startsMs[at]).toBeLessThanOrEqual(to);
        expect(periods.endMs).toBeGreaterThan(to);
        expect(periodAt(periods, from)).toBe(0);
        expect(periodAt(periods, periods.endMs)).toBeUndefined();
      }),
    );
  });

  it("begin at midnight, weeks on Monday", () => {
    const { startsMs } = periodsBetween("week", NOW - 10 * DAY_MS, NOW);
    expect(startsMs.map(periodName)).toEqual(["2026-11-09", "2026-11-16"]);
    expect(new Date(startsMs[0] ?? 0).getHours()).toBe(0);
  });
});

describe("statistics", () => {
  it("count each day of the span, those without a job too", () => {
    const { total, byPeriod } = statsOf(
      [attempt(31), attempt(29), attempt(0), attempt(0)],
      { by: "day", days: "30" },
      NOW,
    );
    expect(byPeriod).toHaveLength(30);
    expect([byPeriod[0]?.[0], byPeriod[29]?.[0]]).toEqual(["2026-10-24", "2026-11-22"]);
    expect(byPeriod.map(([, { jobs }]) => jobs)).toEqual([1, ...Array.from({ length: 28 }, () => 0), 2]);
    expect(total).toMatchObject({ jobs: 3, failures: 0, processorHours: 6, waitedMedianSeconds: 10 });
  });

  it("count whole weeks, so that the first is no shorter than the others", () => {
    const { total, byPeriod } = statsOf([attempt(33)], { by: "week", days: "30" }, NOW);
    expect(byPeriod[0]).toMatchObject(["2026-10-19", { jobs: 1 }]);
    expect(total.jobs).toBe(1);
  });

  it("count one owner in any case", () => {
    const both = [attempt(1), attempt(1, { owner: "bob@lab.org", state: "failed" })];
    const { total, byOwner } = statsOf(both, { by: "day", days: "30", owner: "BOB@lab.org" }, NOW);
    expect(total).toMatchObject({ jobs: 1, failures: 1 });
    expect(byOwner.map(([owner]) => owner)).toEqual(["bob@lab.org"]);
  });

  it("of all times go back to the first end, and count what ended at a time unknown or to come", () => {
    const odd = [attempt(40), attempt(0, { finishedMs: 0 }), attempt(-5000)];
    const { total, byPeriod } = statsOf(odd, { by: "day", days: "all" }, NOW);
    expect(byPeriod).toHaveLength(41);
    expect(total.jobs).toBe(3);
    expect(statsOf([], { by: "day", days: "all" }, NOW).byPeriod).toHaveLength(1);
  });

  it("are counted again after a change only", async () => {
    let looks = 0;
    const ended = {
      version: 1,
      get attempts() {
        looks += 1;
        return [attempt(0)];
      },
      refresh: () => Promise.resolve(),
    };
    const cache = new StatsCache(ended);
    const query = { by: "day", days: "30" } as const;
    await cache.ask(query, NOW);
    await cache.ask(query, NOW);
    expect(looks).toBe(1);
    for (let other = 0; other < 20; other += 1) await cache.ask({ ...query, owner: `o${other}` }, NOW);
    await cache.ask(query, NOW);
    expect(looks).toBe(22);
    ended.version = 2;
    await cache.ask(query, NOW);
    expect(looks).toBe(23);
    await cache.ask(query, NOW + DAY_MS);
    expect(looks).toBe(24);
  });
});

describe("the table for spreadsheets", () => {
  function csv(owner: string): string[] {
    const stats = statsOf([attempt(0, { owner })], { by: "day", days: "30" }, NOW);
    return statsCsv(stats, "day").split("\r\n");
  }

  it("has one line for all, one for each owner, one for each day", () => {
    expect(csv("ada@lab.org")).toEqual([
      "by,key,jobs,not_done,processor_hours,waited_median_seconds,waited_90th_seconds",
      "all,,1,0,2,10,10",
      "owner,ada@lab.org,1,0,2,10,10",
      "day,2026-11-22,1,0,2,10,10",
      "",
    ]);
  });

  it("lets no name be a formula or break a line", () => {
    for (const mark of ["=", "+", "-", "@", "\t"])
      expect(csv(`${mark}cmd`)[2]).toContain(`owner,'${mark}cmd,`);
    expect(csv('=1,"x"\r\n=2').slice(2).join("\r\n")).toContain(`owner,"'=1,""x""\r\n=2",1,0`);
  });
});
