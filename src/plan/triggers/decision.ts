import { formatDuration } from "../../text/duration.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { LateOccurrences, type Reason } from "./late-occurrences.ts";
import { manualRunName, occurrenceName } from "./occurrence-name.ts";
import { compareOccurrences, type Occurrence, occurrences } from "./occurrences.ts";
import { closedAt } from "./opening.ts";
import type { Make, Off, Pending, RecurringJob, TriggerState } from "./recurring-job.ts";
import { Stretches } from "./stretches.ts";

/** More than this after the time due is late. */
const LATE_MS = 60_000;

/** One decision about one recurring job. */
export class Decision {
  readonly makes: Make[] = [];
  readonly stretches: Stretches;
  readonly #job: RecurringJob;
  readonly #nowMs: number;
  #notEnded: number;
  #pending: readonly Pending[];
  #settledMs: number;

  constructor(job: RecurringJob, nowMs: number) {
    this.#job = job;
    this.#nowMs = nowMs;
    this.#notEnded = job.notEnded;
    this.#pending = job.state.pending ?? [];
    this.#settledMs = job.state.settledMs;
    this.stretches = new Stretches(job.state.stretch);
  }

  decide(): void {
    const { off = this.#job.state.off, isArriving } = this.#job;
    if (off !== undefined) this.#passOver(off);
    if (isArriving) return;
    this.#makeManualRun();
    if (off === undefined) this.#makeScheduled();
  }

  /** The memory for the next decision. */
  get state(): TriggerState {
    const { state, off, isArriving } = this.#job;
    return withoutUndefined({
      settledMs: this.#settledMs,
      scheduleText: state.scheduleText,
      stretch: this.stretches.open,
      pending: this.#pending.length === 0 ? undefined : this.#pending,
      off,
      editedSinceMs: isArriving ? (state.editedSinceMs ?? this.#nowMs) : undefined,
    });
  }

  /** Nothing is made of what fell due while the job was off, up to the decision that finds it on again. */
  #passOver({ state, why }: Off): void {
    for (let next = this.#takePending(); next !== undefined; next = this.#takePending()) {
      this.stretches.add(state, why, next.dueMs);
    }
    for (const { dueMs } of this.#due(this.#nowMs + 1)) this.stretches.add(state, why, dueMs);
    if (this.#job.off === undefined) this.stretches.end();
  }

  #makeManualRun(): void {
    const { wantsManualRun, rules, name, timetable } = this.#job;
    if (!wantsManualRun || timetable === undefined || this.#job.off?.state === "faulty") return;
    if (this.#notEnded > 0 && rules.onOverlap !== "also") return;
    this.makes.push({ kind: "manual", name: manualRunName(name, this.#nowMs, timetable.zone) });
    this.#notEnded += 1;
  }

  #makeScheduled(): void {
    this.#makePending();
    const late = this.#lateOnes();
    const onTime = [...this.#due(this.#nowMs + 1)];
    this.#catchUp(late, onTime);
    if (this.stretches.open?.state === "skipped" && this.#notEnded === 0) this.stretches.end();
  }

  #makePending(): void {
    if (this.#notEnded > 0) return;
    const next = this.#takePending();
    if (next !== undefined) this.#make(next);
  }

  #lateOnes(): LateOccurrences {
    const late = new LateOccurrences(this.#onMissed === "all");
    for (const occurrence of this.#due(this.#nowMs - LATE_MS)) {
      const reason = this.#closed(occurrence) ?? this.#tooLate(occurrence);
      if (reason === undefined) late.keep(occurrence);
      else late.passOver(occurrence, reason);
    }
    return late;
  }

  /** Late ones that are all to run take those that are on time behind them; the last of them gives way to one on time. */
  #catchUp(late: LateOccurrences, onTime: readonly Occurrence[]): void {
    const open = onTime.filter((occurrence) => this.#closed(occurrence) === undefined);
    const isCatchingUp = late.kept !== undefined && this.#onMissed === "all";
    if (!isCatchingUp && open.length > 0) late.giveWay();
    this.stretches.addEnded(late.passedOver);
    if (late.kept !== undefined && isCatchingUp) {
      this.#pending = [...this.#pending, { next: late.kept.next, last: open.at(-1) ?? late.kept.last }];
      this.#makePending();
    } else if (late.kept !== undefined) this.#makeOrSkip(late.kept.last);
    for (const occurrence of onTime) this.#settleOnTime(occurrence, isCatchingUp);
  }

  #settleOnTime(occurrence: Occurrence, isPending: boolean): void {
    const closed = this.#closed(occurrence);
    if (closed !== undefined) this.stretches.add(closed.state, closed.why, occurrence.dueMs);
    else if (!isPending) this.#makeOrSkip(occurrence);
  }

  #makeOrSkip(occurrence: Occurrence): void {
    const { onOverlap } = this.#job.rules;
    const isFree = this.#notEnded === 0 && this.#pending.length === 0;
    if (isFree || onOverlap === "also") this.#make(occurrence);
    else if (onOverlap === "skip") this.stretches.add("skipped", "still running", occurrence.dueMs);
    else if (this.#pending.length === 0) this.#pending = [{ next: occurrence, last: occurrence }];
    else this.stretches.add("skipped", "another one waits already", occurrence.dueMs);
  }

  #make(occurrence: Occurrence): void {
    const { name, timetable } = this.#job;
    if (timetable === undefined) return;
    this.stretches.end();
    this.makes.push({
      kind: "occurrence",
      name: occurrenceName(name, occurrence, timetable.zone),
      occurrence,
    });
    this.#notEnded += 1;
  }

  /** Those due after the last that has been settled, up to but not including a time; each counts as settled once it is given. */
  *#due(beforeMs: number): Generator<Occurrence> {
    const { timetable } = this.#job;
    if (timetable === undefined) return;
    for (const occurrence of occurrences(timetable, this.#settledMs + 1, beforeMs)) {
      this.#settledMs = occurrence.dueMs;
      yield occurrence;
    }
  }

  #takePending(): Occurrence | undefined {
    const [first, ...others] = this.#pending;
    if (first === undefined) return undefined;
    const rest = this.#afterNext(first);
    this.#pending = rest === undefined ? others : [rest, ...others];
    return first.next;
  }

  #afterNext({ next, last }: Pending): Pending | undefined {
    const { timetable } = this.#job;
    if (timetable === undefined) return undefined;
    for (const occurrence of occurrences(timetable, next.dueMs, last.dueMs + 1)) {
      const isAfter = compareOccurrences(occurrence, next) > 0 && compareOccurrences(occurrence, last) <= 0;
      if (isAfter && this.#closed(occurrence) === undefined) return { next: occurrence, last };
    }
    return undefined;
  }

  #closed({ wall }: Occurrence): Reason | undefined {
    const closed = closedAt(this.#job.opening, wall);
    return closed && { state: "excluded", why: closed.why };
  }

  #tooLate({ dueMs }: Occurrence): Reason | undefined {
    const { missedWindowSeconds } = this.#job.rules;
    if (this.#nowMs - dueMs > missedWindowSeconds * 1000) {
      return { state: "missed", why: `more than ${formatDuration(missedWindowSeconds)} late` };
    }
    return this.#onMissed === "none" ? { state: "missed", why: "late, and on_missed is none" } : undefined;
  }

  /** An occurrence that an edit has delayed is not missed. */
  get #onMissed(): RecurringJob["rules"]["onMissed"] {
    const { rules, state } = this.#job;
    return rules.onMissed === "none" && state.editedSinceMs !== undefined ? "last" : rules.onMissed;
  }
}
