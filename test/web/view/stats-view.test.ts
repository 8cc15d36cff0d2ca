import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tally } from "../../../src/app/tally.ts";
import {
  amountAxis,
  countAxis,
  shortAmount,
  shortTime,
  timeAxis,
} from "../../../src/web/view/column-chart.ts";
import { type StatsSource, statsView } from "../../../src/web/view/stats-view.ts";

const BUSY: Tally = {
  jobs: 4,
  failures: 1,
  processorHours: 2.5,
  waitedMedianSeconds: 60,
  waited90thSeconds: 600,
};
const IDLE: Tally = { jobs: 0, failures: 0, processorHours: 0 };

function source(fields: Partial<StatsSource> = {}): StatsSource {
  const byPeriod = [
    ["2026-11-21", BUSY],
    ["2026-11-22", IDLE],
  ] as const;
  return {
    stats: { total: BUSY, byOwner: [["ada@lab.org", BUSY]], byPeriod },
    query: { by: "day", days: "30" },
    owners: [],
    attempts: 4,
    ...fields,
  };
}

function plot(id: string, from: StatsSource = source()) {
  const found = statsView(from).plots.find(({ chart }) => chart.id === id);
  if (found === undefined) throw new Error(`there is no plot ${id}`);
  return found;
}

describe("an axis", () => {
  it("reaches its greatest value in few even steps", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.constantFrom(countAxis, amountAxis, timeAxis),
        (max, axisOf) => {
          const axis = axisOf(max);
          expect(axis[0]).toBe(0);
          expect(axis.at(-1) ?? 0).toBeGreaterThanOrEqual(max * (1 - 1e-6));
          expect(axis.length).toBeGreaterThanOrEqual(2);
          expect(axis.length).toBeLessThanOrEqual(18);
        },
      ),
    );
  });

  it("counts jobs in whole numbers and time as people do", () => {
    expect(countAxis(2)).toEqual([0, 1, 2]);
    expect(countAxis(12)).toEqual([0, 2, 4, 6, 8, 10, 12]);
    expect(timeAxis(3000)).toEqual([0, 600, 1200, 1800, 2400, 3000]);
    expect(timeAxis(4 * 3600)).toEqual([0, 3600, 7200, 10_800, 14_400]);
  });
});

describe("the text beside an axis", () => {
  it.each([
    ["jobs", (max: number) => plotOf("jobs", { jobs: Math.ceil(max) })],
    ["hours", (max: number) => plotOf("hours", { processorHours: max })],
    ["waiting", (max: number) => plotOf("waiting", { waitedMedianSeconds: max, waited90thSeconds: max })],
  ])("differs from tick to tick, however small or great the amounts: %s", (_name, plotWith) => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 9, noNaN: true }), (power) => {
        const texts = plotWith(10 ** power).map(({ text }) => text);
        expect(new Set(texts).size).toBe(texts.length);
      }),
    );
  });

  it("has as many digits as its steps", () => {
    const texts = plotOf("hours", { processorHours: 0.1 }).map(({ text }) => text);
    expect(texts).toEqual(["0", "0.02", "0.04", "0.06", "0.08", "0.10"]);
    const times = plotOf("waiting", { waitedMedianSeconds: 0.1, waited90thSeconds: 0.1 });
    expect(times.map(({ text }) => text)).toEqual(["0", "0.02 s", "0.04 s", "0.06 s", "0.08 s", "0.10 s"]);
  });

  /** The ticks of a plot of one day. */
  function plotOf(id: string, tally: Partial<Tally>) {
    const byPeriod = [["2026-11-22", { ...BUSY, failures: 0, ...tally }]] as const;
    return plot(id, source({ stats: { total: BUSY, byOwner: [], byPeriod } })).chart.valueTicks;
  }
});

describe("a value above a column", () => {
  it("is short, however great", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9e8, noNaN: true }), (value) => {
        expect(shortAmount(value).length).toBeLessThanOrEqual(5);
        expect(shortTime(value).length).toBeLessThanOrEqual(6);
      }),
    );
    expect([0.044, 0.0044].map(shortAmount)).toEqual(["0.04", "0.004"]);
    expect([0.25, 9.96, 345.6, 12_345, 1.2e6].map(shortAmount)).toEqual(["0.3", "10", "346", "12k", "1.2M"]);
    expect([0.25, 0.04].map(shortTime)).toEqual(["0.3s", "0.04s"]);
    expect([59, 61, 5400, 172_800].map(shortTime)).toEqual(["59s", "1m", "1.5h", "2d"]);
  });
});

describe("the plots over time", () => {
  it("draw columns from the ground up to their values, what was not done hatched", () => {
    const { chart } = plot("jobs");
    const [busy, idle] = chart.columns;
    expect(busy?.tip).toBe("2026-11-21: 4 ended, 1 not done");
    expect(busy?.label?.text).toBe("4");
    expect((busy?.bar.y ?? 0) + (busy?.bar.height ?? 0)).toBe(busy?.hatched?.y);
    expect((busy?.hatched?.y ?? 0) + (busy?.hatched?.height ?? 0)).toBeCloseTo(chart.groundY);
    expect(idle).toBeUndefined();
  });

  it("have values that no line goes through, however far it reaches", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 600, noNaN: true }), (waitedMedianSeconds) => {
        const byPeriod = [["2026-11-22", { ...BUSY, waitedMedianSeconds }]] as const;
        const { chart } = plot("waiting", source({ stats: { total: BUSY, byOwner: [], byPeriod } }));
        const [column] = chart.columns;
        if (column?.label === undefined || column.reach === undefined) return;
        const { label, reach } = column;
        expect(reach.top >= label.y || reach.bottom <= label.y - 11).toBe(true);
        expect(reach.bottom).toBeGreaterThanOrEqual(reach.top);
        expect(label.y).toBeGreaterThan(11);
      }),
    );
  });

  it("have a value above the highest, where there are too many for each", () => {
    const byPeriod = Array.from(
      { length: 90 },
      (_, at) => [`2026-01-${at}`, { ...BUSY, jobs: at % 80 }] as const,
    );
    const { chart } = plot("jobs", source({ stats: { total: BUSY, byOwner: [], byPeriod } }));
    expect(chart.columns.flatMap(({ label }) => label?.text ?? [])).toEqual(["79"]);
  });

  it("stay within their view box", () => {
    for (const { chart } of statsView(source()).plots)
      for (const { bar, reach } of chart.columns) {
        expect(bar.x).toBeGreaterThanOrEqual(chart.plotLeft);
        expect(bar.x + bar.width).toBeLessThanOrEqual(chart.plotRight);
        expect(Math.min(bar.y, reach?.top ?? bar.y)).toBeGreaterThanOrEqual(0);
      }
  });

  it("tell in words what they show, with the days that had jobs as a table", () => {
    const { chart, heads, rows } = plot("waiting");
    expect(chart.description).toBe(
      "One column for each day from 2026-11-21 to 2026-11-22. The highest is a median of 1 min, 2026-11-21.",
    );
    expect([heads, rows]).toEqual([
      ["Day", "Half waited less than", "Nine in ten"],
      [["2026-11-21", "1 min", "10 min"]],
    ]);
  });

  it("show the last of very many, and say so", () => {
    const byPeriod = Array.from({ length: 1000 }, () => ["2026-11-22", BUSY] as const);
    const view = statsView(source({ stats: { total: BUSY, byOwner: [], byPeriod } }));
    expect(view.plots[0]?.chart.columns).toHaveLength(400);
    expect(view.plots[0]?.chart).toMatchObject({ isDense: true, timeTicks: { length: 8 } });
    expect(view.cutText).toBe("Of 1000 days, the last 400 are shown.");
  });
});

describe("the statistics page", () => {
  it("says what happened in sentences", () => {
    const { headline, summary } = statsView(source());
    expect(headline).toBe("4 jobs ended in the last 30 days, 1 of them not done.");
    expect(summary).toBe(
      "They used 2.5 processor hours. Half of them waited less than 1 min, nine in ten less than 10 min.",
    );
    const none = { ...BUSY, waitedMedianSeconds: 0, waited90thSeconds: 0.4 };
    expect(statsView(source({ stats: { total: none, byOwner: [], byPeriod: [] } })).summary).toContain(
      "Half of them waited less than 1 s, nine in ten less than 1 s.",
    );
    const brief = statsView(
      source({ stats: { total: { ...BUSY, processorHours: 0.001 }, byOwner: [], byPeriod: [] } }),
    );
    expect(brief.summary).toMatch(/^They used less than 0\.01 processor hours\./);
    const weekly = statsView(source({ query: { by: "week", days: "30", owner: "a\u202eb" } }));
    expect(weekly.headline).toBe("4 jobs of a\\u202eb ended since 2026-11-21, 1 of them not done.");
  });

  it("tells a newcomer from a filter that nothing fits", () => {
    const stats = { total: IDLE, byOwner: [], byPeriod: [] };
    expect(statsView(source({ stats, attempts: 0 }))).toMatchObject({
      isNew: true,
      plots: [],
      byOwner: undefined,
    });
    expect(statsView(source({ stats }))).toMatchObject({ isNew: false, isEmpty: true, plots: [] });
  });

  it("draws the owners who used most and lists them all, with no name able to break a line", () => {
    const byOwner = Array.from(
      { length: 20 },
      (_, at) => [`owner\n${at}`, { ...BUSY, processorHours: at }] as const,
    );
    const { byOwner: found } = statsView(source({ stats: { total: BUSY, byOwner, byPeriod: [] } }));
    expect(found?.charts[0]?.bars.map(({ owner }) => owner).slice(0, 2)).toEqual([
      "owner\\n19",
      "owner\\n18",
    ]);
    expect(found?.charts[0]?.bars).toHaveLength(12);
    expect(found?.rows).toHaveLength(20);
    expect(found?.moreText).toBe("8 other owners used less; the table has them.");
    expect(found?.charts[1]?.bars[0]).toMatchObject({ text: "4, 1 not done" });
  });

  it("keeps what was asked for in its links", () => {
    const view = statsView(source({ query: { by: "week", days: "90", owner: "a&b" } }));
    expect(view.csvLink).toBe("/stats.csv?by=week&days=90&owner=a%26b");
    expect(view.byOwner).toBeUndefined();
  });
});
