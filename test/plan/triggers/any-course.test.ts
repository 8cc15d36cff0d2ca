import { describe, expect, it } from "vitest";
import { type Occurrence, occurrences } from "../../../src/plan/triggers/occurrences.ts";
import { closedAt } from "../../../src/plan/triggers/opening.ts";
import type { JobTriggers, Pending, RecurringJob } from "../../../src/plan/triggers/recurring-job.ts";
import { firstState, triggers } from "../../../src/plan/triggers/triggers.ts";
import { SEED, WANTS_LONG } from "../../support/chance.ts";
import { Random } from "../../support/random.ts";
import { opening } from "./openings.ts";
import { timetable } from "./zone-clock.ts";

const START = Date.parse("2026-10-23T10:00:00Z");
const END = Date.parse("2026-10-27T10:00:00Z");

/** A recurring job that is decided at times by chance, whose runs end, and which is turned off and on, by chance. */
class AnyCourse {
  readonly random: Random;
  readonly made: string[] = [];
  recorded = 0;
  job: RecurringJob;

  constructor(seed: number) {
    this.random = new Random(seed);
    const text = this.#oneOf([
      "*/20 * * * *",
      "30 2 * * *",
      "0,30 1-3 * * *",
      "every 45 min",
      "0 * * * * | 30 2 * * *",
    ]);
    const table = timetable(text, "Europe/Berlin", new Date(START).toISOString());
    this.job = {
      name: "n",
      timetable: table,
      scheduleText: text,
      opening: opening(
        this.#oneOf(["", "12:00-13:00", "SUN 02:30-03:00", "23:00-02:30"]),
        this.#oneOf(["", "SAT-MON"]),
      ),
      rules: {
        onMissed: this.#oneOf(["last", "all", "none"]),
        missedWindowSeconds: this.#oneOf([0, 3600, 86_400]),
        onOverlap: this.#oneOf(["skip", "wait", "also"]),
      },
      isArriving: false,
      notEnded: 0,
      wantsManualRun: false,
      state: firstState(text, START),
    };
  }

  run(): void {
    for (let now = START; now < END; now += this.#oneOf([1, 20_000, 60_000, 600_000, 7_200_000, 30_000_000]))
      this.decide(now);
    this.decide(END);
  }

  decide(now: number): void {
    if (this.random.next() < 0.5) this.job = { ...this.job, notEnded: 0 };
    if (this.random.next() < 0.1) this.job = { ...this.job, off: { state: "disabled", why: "by chance" } };
    else if (this.random.next() < 0.5) this.job = { ...this.job, off: undefined };
    this.job = {
      ...this.job,
      isArriving: this.random.next() < 0.1,
      wantsManualRun: this.random.next() < 0.1,
    };
    const [decided] = triggers([this.job], now).jobs as [JobTriggers];
    expect(triggers([this.job], now).jobs).toEqual([decided]);
    this.#take(decided);
  }

  /** Those that are still to be made, and those that are still to be recorded. */
  get open(): number {
    const { stretch, pending = [] } = this.job.state;
    return pending.reduce((sum, part) => sum + this.#countOf(part), stretch?.count ?? 0);
  }

  #countOf({ next, last }: Pending): number {
    if (this.job.timetable === undefined) return 0;
    const range = [...occurrences(this.job.timetable, next.dueMs, last.dueMs + 1)];
    const isWithin = (each: Occurrence) =>
      (each.dueMs > next.dueMs || each.wall >= next.wall) &&
      (each.dueMs < last.dueMs || each.wall <= last.wall);
    return range.filter((each) => isWithin(each) && closedAt(this.job.opening, each.wall) === undefined)
      .length;
  }

  #take({ make, record, state }: JobTriggers): void {
    this.made.push(...make.filter(({ kind }) => kind === "occurrence").map(({ name }) => name));
    for (const { count, firstMs, lastMs } of record) {
      expect(firstMs).toBeLessThanOrEqual(lastMs);
      this.recorded += count;
    }
    // As it is kept on disk.
    this.job = {
      ...this.job,
      state: JSON.parse(JSON.stringify(state)),
      notEnded: this.job.notEnded + make.length,
    };
  }

  #oneOf<T>(choices: readonly T[]): T {
    return choices[this.random.between(0, choices.length - 1)] as T;
  }
}

describe("whatever happens to a recurring job", () => {
  it("each occurrence is made or recorded as not run, once", () => {
    for (let index = 0; index < (WANTS_LONG ? 2000 : 40); index++) {
      const course = new AnyCourse(SEED + index);
      course.run();
      const { timetable: table, state } = course.job;
      const due = table === undefined ? [] : [...occurrences(table, START + 1, state.settledMs + 1)];
      const where = `seed ${SEED + index}: ${course.job.scheduleText} ${JSON.stringify(course.job.rules)}`;
      expect(course.made.length + course.recorded + course.open, where).toBe(due.length);
      expect(new Set(course.made).size, where).toBe(course.made.length);
    }
  });
});
