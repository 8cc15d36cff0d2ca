import fs from "node:fs";
import path from "node:path";
import { roomOn } from "../disk/error-code.ts";
import { blindSeconds } from "../disk/file-system.ts";
import { type Carried, endedBy, isIntake, type NextPass, nextAfter } from "../plan/action.ts";
import type { Estimates } from "../plan/estimates.ts";
import { type Plan, placesOf, plan, startsInstead } from "../plan/plan.ts";
import { runsDueInMs } from "../plan/plan-runs.ts";
import type { PlanRules } from "../plan/schedule-input.ts";
import type { Snapshot } from "../plan/snapshot.ts";
import { headOf } from "../plan/waiting-places.ts";
import { isPaused } from "../queue/requests.ts";
import { keepSpareRequests } from "../queue/spare-requests.ts";
import { Performer } from "./actions/perform.ts";
import type { Context } from "./context.ts";
import { withPauses } from "./own-worker.ts";
import { ProgressWatch } from "./progress-watch.ts";
import { Publisher } from "./publisher.ts";
import type { ObservedRun } from "./run-scan.ts";
import { StartedFiles } from "./started-files.ts";
import { basisOf, type ManagerFacts, statusOf } from "./status.ts";

/** The facts that one pass goes by beside what it sees; the start on the monotonic clock. */
interface PassFacts {
  readonly rules: PlanRules;
  readonly notices: readonly string[];
  readonly startMs: number;
}

interface Observation extends Snapshot {
  readonly runs: readonly ObservedRun[];
}

const MAX_UNSHOWN_MS = 1000;
const SPARES_GAP_MS = 5000;

/** The time after which expectations are told anew: jobs do not end when they were expected to. */
const FORECAST_MS = 30_000;

/** Time for surveys within a pass: small folders are admitted at the first look, large ones go on between passes. */
const SURVEY_BUDGET_MS = 5;

/** Observe, plan, perform, publish: the only way in which anything happens to a job, after a crash too. */
export class Pass {
  readonly #context: Context;
  readonly #facts: () => ManagerFacts;
  readonly #performer: Performer;
  readonly #publisher: Publisher;
  readonly #progress = new ProgressWatch();
  readonly #started: StartedFiles;
  /** So long at least a folder has to be quiet. */
  readonly #blindSeconds: number;
  #runs: ObservedRun[] = [];
  /** Known to this process alone: after a restart it is chosen anew, by who has been at the head for long enough. */
  #keptFor: Snapshot["keptFor"];
  /** On the monotonic clock. */
  #sparesKeptMs = Number.NEGATIVE_INFINITY;
  /** Since when passes have followed one another without a status, on the monotonic clock. */
  #unshownSinceMs: number | undefined;
  #isUnderWay = false;
  /** The names in `QM_Jobs` that events have told of during this pass, mostly what it has done itself. */
  readonly #changed = new Set<string>();

  constructor(context: Context, facts: () => ManagerFacts) {
    this.#context = context;
    this.#facts = facts;
    this.#performer = new Performer(context);
    this.#publisher = new Publisher(context.layout.status, context.log);
    this.#started = new StartedFiles(context.log);
    this.#blindSeconds = blindSeconds(context.layout.queue);
  }

  /** The runs that the last pass saw or began. */
  get runs(): readonly ObservedRun[] {
    return this.#runs;
  }

  /**
   * One pass; tells when the next is worth it.
   * @param mode as it is when asked: it may change while the pass waits for the disk
   * @param notices what a person ought to be told along with the status
   * @param stoppedBy who has asked the manager to stop
   */
  async run(
    mode: () => PlanRules["mode"],
    notices: readonly string[],
    stoppedBy?: string,
  ): Promise<NextPass> {
    this.#changed.clear();
    this.#isUnderWay = true;
    try {
      return await this.#run(mode, notices, stoppedBy);
    } finally {
      this.#isUnderWay = false;
      for (const name of this.#changed) this.noteRunning(name);
    }
  }

  async #run(
    mode: () => PlanRules["mode"],
    notices: readonly string[],
    stoppedBy?: string,
  ): Promise<NextPass> {
    const nowMs = performance.now();
    const observed = this.#observe(nowMs);
    this.#runs = [...observed.runs];
    this.#sideWork(observed, nowMs);
    const rules = { ...this.#context.config(), mode: mode(), stoppedBy };
    const decided = plan(observed, rules);
    this.#keptFor = decided.keptFor;
    if (decided.reservation !== undefined) this.#context.queue.noteKept(decided.reservation.holder);
    const ready = decided.actions.filter((action) => !isIntake(action));
    const carried = await this.#performer.perform(ready, this.#runs, nowMs);
    const started = await this.#startInstead(observed, { ...rules, mode: mode() }, carried);
    // Last, as hundreds may arrive while processors are free.
    const arrived = await this.#performer.perform(decided.actions.filter(isIntake), this.#runs, nowMs);
    const next = nextAfter([...carried, ...started, ...arrived]);
    if (this.#isWorthShowing(next)) this.#publish(observed, decided, { rules, notices, startMs: nowMs });
    this.beat();
    return next;
  }

  // The next job does not wait for another look at everything; what may have changed meanwhile and keeps all from starting is looked at.
  async #startInstead(
    observed: Observation,
    rules: PlanRules,
    carried: readonly Carried[],
  ): Promise<readonly Carried[]> {
    const ended = endedBy(carried);
    if (ended.size === 0) return [];
    this.#runs = this.#runs.filter(({ name }) => !ended.has(name));
    const { root } = this.#context.layout;
    const seen = { ...observed, keptFor: this.#keptFor, paused: isPaused(root), ...roomOn(root) };
    const starts = startsInstead(seen, rules, carried, this.#runs);
    return await this.#performer.perform(starts, this.#runs, performance.now());
  }

  /** Work that goes by the same look and decides nothing. */
  #sideWork({ runs, ...seen }: Observation, nowMs: number): void {
    this.#progress.look(runs, nowMs);
    this.#started.mark(runs);
    this.#keepSpareRequests(nowMs);
    this.#context.mail.attend(runs, seen);
    this.#context.fence.attend(seen.workers, runs, nowMs);
  }

  #keepSpareRequests(nowMs: number): void {
    if (nowMs - this.#sparesKeptMs < SPARES_GAP_MS) return;
    this.#sparesKeptMs = nowMs;
    keepSpareRequests(this.#context.layout);
  }

  // If another pass follows at once, that one publishes; but never longer than a second without a status.
  #isWorthShowing(next: NextPass): boolean {
    const nowMs = performance.now();
    this.#unshownSinceMs ??= nowMs;
    if (next !== "when_due" && nowMs - this.#unshownSinceMs < MAX_UNSHOWN_MS) return false;
    this.#unshownSinceMs = undefined;
    return true;
  }

  #publish(observed: Observation, decided: Plan, { rules, notices, startMs }: PassFacts): void {
    const doneMs = performance.now();
    // With what has just failed too, so that a job does not seem to be starting whenever it is tried again.
    const copyIns = this.#context.copyIns.progress(doneMs);
    const after = { ...observed, obstacles: this.#performer.shownFailures(doneMs), copyIns };
    const passMs = Math.round((doneMs - startMs) * 10) / 10;
    const facts = this.#facts();
    const estimates = this.#estimates(doneMs);
    const shown = { facts, config: this.#context.config(), estimates, notices };
    const view = () => {
      const places = placesOf(observed, rules, decided, estimates);
      const head = headOf(places);
      if (head !== undefined) this.#context.queue.noteHead(head, observed.nowMs);
      return statusOf(shown, after, decided, places);
    };
    const expected = [this.#progress.news, observed.runs.length > 0 && Math.floor(doneMs / FORECAST_MS)];
    const basis = () => basisOf(after, decided, [notices, rules, facts, ...expected]);
    const measured = { madeAt: new Date().toISOString(), passMs };
    this.#publisher.publish(view, doneMs, { basis, measured });
  }

  #estimates(nowMs: number): Estimates {
    return {
      secondsLeft: (runId) => this.#progress.secondsLeft(runId, nowMs),
      usualSeconds: (kind) => this.#context.pastRuns.usualSeconds(kind),
    };
  }

  /** Asks for another pass where this one does not know what lies in `QM_Jobs` under a name by its end. */
  noteRunning(name: string): void {
    if (this.#isUnderWay) this.#changed.add(name);
    else if (!this.#isKnown(name)) this.#context.wake();
  }

  #isKnown(name: string): boolean {
    const known = [...this.#runs, ...this.#context.spreads.last];
    const run = known.find((candidate) => candidate.name === name);
    const isThere = fs.existsSync(path.join(this.#context.layout.running, name));
    return isThere === (run?.folderPresent ?? false);
  }

  /** Shows that the manager lives, however long the rest between two passes is. */
  beat(): void {
    this.#publisher.beat(performance.now());
  }

  /** The time when the next pass is due though nothing happens, on the monotonic clock. */
  nextDueMs(nowMs: number): number {
    const pollMs = this.#context.config().pollSeconds * 1000;
    const runsDueMs = nowMs + runsDueInMs(this.#runs);
    return Math.min(nowMs + pollMs, this.#performer.nextTryMs(nowMs), runsDueMs, this.#publisher.nextMs);
  }

  #observe(nowMs: number): Observation {
    const { queue, runScan, layout, config, copyIns } = this.#context;
    queue.advance(nowMs, SURVEY_BUDGET_MS);
    copyIns.attend((name) => queue.surveyOf(name)?.fingerprint);
    const { runs, spreads, unrecorded } = runScan.observe();
    const { isPaused: paused, workers } = withPauses(
      layout.root,
      this.#context.workers.offers(config().localWorker),
    );
    const entries = queue.observe(nowMs, Math.max(config().settleSeconds, this.#blindSeconds));
    return {
      queue: entries,
      spreads: this.#context.spreads.observe(spreads, { queue: entries, runs }),
      isLookedThrough: queue.isLookedThrough,
      runs,
      unrecorded,
      paused,
      ...roomOn(layout.root),
      obstacles: this.#performer.backedOff(nowMs),
      nowMs: performance.timeOrigin + nowMs,
      copyIns: copyIns.progress(nowMs),
      keptFor: this.#keptFor,
      workers,
    };
  }
}
