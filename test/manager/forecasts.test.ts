import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { jobRecord } from "../support/job-record.ts";
import { makeQueue } from "./queue-fixture.ts";

const HOUR = 3600;

describe("the published status", () => {
  it("expects ends by progress and starts behind them, and explains idle processors", async () => {
    const queue = makeQueue({ Reserve_After: 0 });
    await queue.run();
    // By its own clock an hour was half of it.
    queue.deliver("long", { script: `echo ' 1 / 2 time: ${HOUR}'; sleep 3600`, time_limit: "10h" });
    await queue.wrote("long", "process.log");
    queue.deliver("fit-004", { script: "true", nb_proc: 2 });
    queue.deliver("narrow", { script: "true" });
    const status = await queue.shows(
      "an expected end by progress",
      ({ running: [long], waiting, ...told }) =>
        long?.expectedEndSeconds !== undefined &&
        long.expectedEndSeconds < 2 * HOUR &&
        waiting.length === 2 && { ...told, long, waiting },
    );
    expect(status.long.expectedEndSeconds).toBeLessThanOrEqual(HOUR);
    expect(status.long.expectedEndSeconds).toBeGreaterThan(HOUR / 2);
    expect(status.waiting.map(({ name, expectedStartSeconds }) => [name, expectedStartSeconds])).toEqual([
      ["fit-004", status.long.expectedEndSeconds],
      ["narrow", undefined],
    ]);
    expect(status.idle).toBe(
      "1 processor is kept for fit-004, which needs 2; short jobs with a time_limit may go first",
    );
    expect(Math.abs(Date.parse(status.madeAt ?? "") - Date.now())).toBeLessThan(10 * 60_000);
  });

  it("expects a job to take as long as its like took before, by the history and by what ends meanwhile", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    const script = "test -f run-on && sleep 3600 || true";
    const past = [5, 6].map((hours) =>
      jobRecord("past", { runId: `${hours}`, owner: "ada@lab.org", script, ranSeconds: hours * HOUR }),
    );
    fs.mkdirSync(queue.layout.state, { recursive: true });
    queue.appendHistory(past);
    await queue.run();
    queue.deliver("1-short", { script, e_mail: "ada@lab.org" });
    await queue.ended("1-short");
    // Of those seen in one look the first by name comes first.
    queue.deliver("2-long", { script, e_mail: "ada@lab.org" }, { "run-on": "" });
    queue.deliver("3-next", { script, e_mail: "ada@lab.org" });
    queue.deliver("4-last", { script: "true", e_mail: "ada@lab.org" });
    const status = await queue.shows(
      "three jobs",
      ({ running, waiting }) => running.length === 1 && waiting.length === 2 && { running, waiting },
    );
    const left = status.running[0]?.expectedEndSeconds ?? Number.NaN;
    // The median of three: the short one, 5 h and 6 h.
    expect(left).toBeGreaterThan(4 * HOUR);
    expect(left).toBeLessThanOrEqual(5 * HOUR);
    expect(status.waiting.map(({ expectedStartSeconds: start }) => (start ?? 0) - left)).toEqual([
      0,
      5 * HOUR,
    ]);
  });
});
