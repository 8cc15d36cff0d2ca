import { setImmediate as nextTurn } from "node:timers/promises";
import { type LoadedConfig, reasonForProcessors } from "../config/config.ts";
import { diffConfig } from "../config/diff.ts";
import { LiveConfig, type ReloadEvents } from "../config/live-config.ts";
import type { Log } from "../disk/log.ts";
import { Rest } from "../disk/rest.ts";
import type { NextPass } from "../plan/action.ts";
import type { PlanRules } from "../plan/schedule-input.ts";
import { explain } from "../queue/explain.ts";
import { type Layout, layoutOf } from "../queue/layout.ts";
import { type StopMode, takeStopRequest } from "../queue/manager-requests.ts";
import { sweepHiddenChildren } from "../queue/submit/copy-child.ts";
import { restoreFolders } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import { type Checked, describeProblem } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";
import type { SpawnShim } from "../worker/local-worker.ts";
import type { Context } from "./context.ts";
import { openContext } from "./open-context.ts";
import { Pass } from "./pass.ts";
import { managerFacts } from "./status.ts";
import { type Hold, type Taking, takeQueue } from "./take-queue.ts";
import { type Watchers, watchQueue } from "./watcher.ts";

/** The parts of a manager. */
export interface ManagerOptions {
  readonly loaded: LoadedConfig;
  /** Reads the configuration anew, for a reload. */
  readonly load: () => Checked<LoadedConfig>;
  readonly log: Log;
  readonly spawnShim: SpawnShim;
  readonly taking?: Taking;
}

/** Between two slices of looks into the queue other events get their turn. */
const QUEUE_SLICE_MS = 10;
/** A change that is only to be shown may wait so long for more to come. */
const SOON_MS = 50;
/** So long at most passes follow one another without a look at what people ask of the manager. */
const CHORES_GAP_MS = 100;
const PAUSE_AFTER_FAILURE_MS = 1000;
const AWAY = "the queue's folders are away: is the mount of QM_FOLDER away?";
/** For rests that are longer than usual: each pass is a sign of life too. */
const HEARTBEAT_MS = 5000;

/**
 * The manager of one queue: one pass after the other, with rests in which it waits to be woken. It alone moves jobs
 * and starts them. Stopping it leaves running jobs to their shims; the next manager adopts them.
 */
export class Manager {
  readonly #layout: Layout;
  readonly #hold: Hold;
  readonly #log: Log;
  readonly #live: LiveConfig;
  readonly #rest = new Rest();
  readonly #context: Context;
  readonly #pass: Pass;
  #watchers: Watchers | undefined;
  #stop: StopMode | undefined;
  #stoppedBy: string | undefined;
  /** The time of the next chores on the monotonic clock. */
  #choresDueMs = Number.NEGATIVE_INFINITY;
  #notices: readonly string[] = [];
  /** True where the last pass saw no run on this machine and started none. */
  #idle = false;
  /** The reason why the last pass failed; undefined after one that did not. */
  #failure: string | undefined;

  private constructor(options: ManagerOptions, layout: Layout, hold: Hold) {
    this.#layout = layout;
    this.#hold = hold;
    this.#log = options.log;
    this.#live = new LiveConfig(options.loaded, options.load, logReloads(options.log));
    const config = () => this.#live.config;
    this.#context = openContext(layout, {
      config,
      log: options.log,
      wake: () => this.#rest.wake(),
      spawnShim: options.spawnShim,
      tenure: hold.tenure,
    });
    const facts = managerFacts(options.loaded.config);
    this.#pass = new Pass(this.#context, () => ({ ...facts, configuration: this.#live.published }));
  }

  /** Opens a queue, as {@link takeQueue} does, and throws as that does. */
  static async open(options: ManagerOptions): Promise<Manager> {
    const layout = layoutOf(options.loaded.config.qmFolder);
    return await takeQueue(layout, options.taking ?? "free", (hold) => new Manager(options, layout, hold));
  }

  /** Runs until it is stopped. Running jobs go on afterwards, unless they were to be ended. */
  async run(): Promise<void> {
    const { qmFolder, worker } = this.#live.config;
    this.#watchers = watchQueue(this.#context, (name) => this.#pass.noteRunning(name));
    const because = reasonForProcessors(this.#live.loaded);
    const processors = { processors: worker.processors, ...(because !== undefined && { because }) };
    this.#log.info("manager started", { folder: qmFolder, ...processors, pid: process.pid });
    this.#context.mail.start();
    void this.#sweepChildren();
    const heart = setInterval(() => this.#pass.beat(), HEARTBEAT_MS);
    try {
      while (!this.#mayLeave()) await this.#turn();
    } finally {
      clearInterval(heart);
      this.#context.workers.close();
      await this.#context.copyIns.stop();
      await this.#context.childCopies.stop();
      await this.#context.mail.stop();
      await this.#watchers.close();
      this.#giveBackNumbers();
      this.#hold.lock.release();
      this.#log.info("manager stopped", { running: this.#pass.runs.length });
    }
  }

  // Beside the passes, as there may be much to remove. One that copies just now has an attempt.
  async #sweepChildren(): Promise<void> {
    const { attempts, log } = this.#context;
    try {
      const runIds = attempts.list().map(({ launch }) => launch.runId);
      await sweepHiddenChildren(this.#layout, runIds);
    } catch (error) {
      log.warn("copies for workers that nobody needs cannot be removed", { why: explain(error) });
    }
  }

  /** Asks it to stop. A later request takes the place of an earlier one, but what is being ended is ended. */
  stop(mode: StopMode, by?: string): void {
    if (this.#stop === "kill") return;
    this.#stoppedBy = by;
    this.#stop = mode;
    this.#idle = false;
    this.#rest.wake();
  }

  /** Reads the configuration anew. */
  reload(): void {
    this.#live.reload();
    this.#rest.wake();
  }

  async #turn(): Promise<void> {
    try {
      if (!this.#keepQueue()) {
        await this.#rest.upTo(PAUSE_AFTER_FAILURE_MS);
        return;
      }
      const choresDueMs = this.#doChores(performance.now());
      if (this.#stop === "leave") return;
      const next = await this.#pass.run(() => this.#mode(), this.#notices, this.#stoppedBy);
      this.#idle = next === "when_due" && this.#pass.runs.every(({ launch }) => launch.remote === true);
      this.#noteRecovery();
      await (next === "at_once" ? nextTurn() : this.#untilDue(next, choresDueMs));
    } catch (error) {
      if (error instanceof QmError) {
        this.#log.error("the manager stops acting", { why: error.message });
        throw error;
      }
      this.#choresDueMs = Number.NEGATIVE_INFINITY;
      this.#noteFailure(error);
      await this.#rest.upTo(PAUSE_AFTER_FAILURE_MS);
    }
  }

  /** False while the queue's folders are away: nothing is done, nor made in their place. Throws `refused` where another manager has them. */
  #keepQueue(): boolean {
    if (!restoreFolders(this.#layout)) {
      this.#noteAway();
      return false;
    }
    const { lock, tenure } = this.#hold;
    const isNamed = tenure.confirm();
    lock.keep();
    if (!isNamed) tenure.renew();
    return true;
  }

  // A job that was missed right before may be there again: no look from before tells anything.
  #noteAway(): void {
    this.#idle = false;
    this.#context.memory.forgetMissed();
    this.#noteFailure(new Error(AWAY));
  }

  // Another manager's counter stands in the file by now.
  #giveBackNumbers(): void {
    if (tryOr(() => this.#hold.tenure.confirm(), false)) this.#context.numbers.close();
  }

  // Nothing is done on half a view: the next pass looks again. Told once, however long it lasts.
  #noteFailure(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (why !== this.#failure) this.#log.error("a pass failed; trying again every second", { why });
    this.#failure = why;
  }

  #noteRecovery(): void {
    if (this.#failure !== undefined) this.#log.info("passes work again");
    this.#failure = undefined;
  }

  // One that leaves its jobs running starts no more either.
  #mode(): PlanRules["mode"] {
    return this.#stop === "leave" ? "drain" : (this.#stop ?? "run");
  }

  #mayLeave(): boolean {
    return this.#stop === "leave" || (this.#stop !== undefined && this.#idle);
  }

  /** Sees to what people ask of the manager; gives the time when that is due, where this turn leaves it out. */
  #doChores(nowMs: number): number {
    if (nowMs < this.#choresDueMs) return this.#choresDueMs;
    this.#watchers?.keep();
    this.#live.reloadIfSaved();
    const request = takeStopRequest(this.#layout.stopRequest);
    if (request !== undefined) this.stop(request.mode, request.by);
    this.#notices = this.#noticesNow();
    this.#choresDueMs = nowMs + CHORES_GAP_MS;
    return Number.POSITIVE_INFINITY;
  }

  // The time between two passes belongs to the looks at what waits and the surveys of what is arriving.
  async #untilDue(next: Exclude<NextPass, "at_once">, choresDueMs: number): Promise<void> {
    const startMs = performance.now();
    const nextDueMs = Math.min(this.#pass.nextDueMs(startMs), choresDueMs);
    const dueMs = next === "soon" ? Math.min(nextDueMs, startMs + SOON_MS) : nextDueMs;
    for (let nowMs = performance.now(); nowMs < dueMs && !this.#rest.isWoken; nowMs = performance.now()) {
      const queueDueMs = this.#context.queue.nextDueMs();
      if (queueDueMs <= nowMs) {
        const completed = this.#context.queue.advance(nowMs, QUEUE_SLICE_MS);
        // Always: passes that follow one another without it would leave timers and signals no turn.
        await nextTurn();
        if (completed) return;
      } else {
        await this.#rest.upTo(Math.min(dueMs, queueDueMs) - nowMs);
        if (performance.now() < queueDueMs) return;
      }
    }
    await this.#rest.upTo(0);
  }

  #noticesNow(): readonly string[] {
    const asRoot = process.getuid?.() === 0 ? ["the manager runs as root, and so do all jobs"] : [];
    const { elsewhere } = this.#context.runScan;
    const left = `launched by another machine, where they may run, and left alone: ${elsewhere.join(", ")}`;
    const { faults } = this.#live;
    const ofConfig = faults.length > 0 ? faults : this.#live.waiting(["QMServer", "Worker"], "the manager");
    return [...ofConfig, ...(elsewhere.length > 0 ? [left] : []), ...asRoot, ...this.#context.mail.notices];
  }
}

/** Tells the log what each reload changes, and has it follow its own settings. */
export function logReloads(log: Log): ReloadEvents {
  return {
    onFaulty: (faults) => {
      for (const problem of faults) log.error("the configuration keeps its old values", { problem });
    },
    onTaken: (fresh, before) => {
      tellTaken(log, fresh, before);
      log.reconfigure({ ...fresh.config.log, verbose: fresh.config.debug });
    },
  };
}

function tellTaken(log: Log, fresh: LoadedConfig, before: LoadedConfig): void {
  const { file } = fresh;
  if (file !== undefined && file !== before.file) log.info("configuration made since", { file });
  for (const warning of fresh.warnings) log.warn(describeProblem(warning));
  for (const { needsRestart, section: _section, ...change } of diffConfig(before, fresh))
    log.info(needsRestart ? "setting changed, in force after a restart" : "setting changed", change);
}
