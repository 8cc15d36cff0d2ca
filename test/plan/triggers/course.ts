import type { JobTriggers, RecurringJob } from "../../../src/plan/triggers/recurring-job.ts";
import { firstState, triggers } from "../../../src/plan/triggers/triggers.ts";
import { opening } from "./openings.ts";
import { timetable } from "./zone-clock.ts";

/** A recurring job over time: each `at` decides and keeps the state; what was made counts as not ended until `ended`. */
export class Course {
  job: RecurringJob;

  constructor(text: string, since: string, fields: Partial<RecurringJob> = {}) {
    this.job = {
      name: "n",
      timetable: timetable(text, "UTC", since),
      scheduleText: text,
      opening: opening(""),
      rules: { onMissed: "last", missedWindowSeconds: 86_400, onOverlap: "skip" },
      isArriving: false,
      notEnded: 0,
      wantsManualRun: false,
      state: firstState(text, Date.parse(since)),
      ...fields,
    };
  }

  at(
    time: string,
    fields: Partial<RecurringJob> = {},
  ): { made: string[]; recorded: string[]; again: string | undefined } {
    this.job = { ...this.job, ...fields };
    const decided = triggers([this.job], Date.parse(time));
    const [one] = decided.jobs as [JobTriggers];
    this.job = { ...this.job, state: one.state, notEnded: this.job.notEnded + one.make.length };
    return {
      made: one.make.map(({ name }) => name),
      recorded: one.record.map(
        ({ state, why, firstMs, lastMs, count }) =>
          `${state} ${short(firstMs)} ${short(lastMs)} ${count}: ${why}`,
      ),
      again: decided.againMs === undefined ? undefined : short(decided.againMs),
    };
  }

  rules(rules: Partial<RecurringJob["rules"]>): this {
    this.job = { ...this.job, rules: { ...this.job.rules, ...rules } };
    return this;
  }
}

function short(ms: number): string {
  return new Date(ms).toISOString().slice(5, 16);
}
