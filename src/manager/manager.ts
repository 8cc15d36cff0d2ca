import os from "node:os";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { type LoadedConfig, reasonFor } from "../config/config.ts";
import { sweepTemporaryFiles } from "../disk/durable.ts";
import { isExhaustion } from "../disk/error-code.ts";
import { letterFolders } from "../mail/stored-letter.ts";
import type { NextPass } from "../plan/next-pass.ts";
import { type Layout, layoutOf } from "../queue/layout.ts";
import {
  type StopMode,
  stopRequestedBy,
  takeStopRequest,
  withdrawStopRequest,
} from "../queue/manager-requests.ts";
import { createFolders, restoreFolders, tryMoves } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import type { Checked } from "../text/problem.ts";
import { currentBootId, currentPidNamespace, identify } from "../worker/identity.ts";
import type { Context } from "./context.ts";
import { Lock } from "./lock.ts";
import type { Log } from "./log.ts";
import { openContext } from "./open-context.ts";
import { Pass } from "./pass.ts";
import { Reloader } from "./reloader.ts";
import type { ManagerFacts } from "./status.ts";
import { Waker } from "./waker.ts";
import { type Watchers, watchQueue } from "./watcher.ts";

/** What a manager is made from. */
export interface ManagerOptions {
  readonly loaded: LoadedConfig;
  /** Reads the configuration anew, for a reload. */
  readonly load: () => Checked<LoadedConfig>;
  readonly log: Log;
}

/** Between two slices of looks into the queue other events get their turn. */
const QUEUE_SLICE_MS = 10;
/** What is only to be shown may wait so long for more to come. */
const SOON_MS = 50;
const PAUSE_AFTER_FAILURE_MS = 1000;
const OPEN_TRIES = 5;
/** For rests that are longer than usual: each pass is a sign of life too. */
const HEARTBEAT_MS = 5000;

/**
 * The manager of one queue: one pass after the other, with rests in which it waits to be woken. It alone moves jobs
 * and starts them. Stopping it leaves running jobs to their shims; the next manager adopts them.
 */
export class Manager {
  readonly #layout: Layout;
  readonly #lock: Lock;
  readonly #log: Log;
  readonly #reloader: Reloader;
  readonly #waker = new Waker();
  readonly #context: Context;
  readonly #pass: Pass;
  #watchers: Watchers | undefined;
  #stop: StopMode | undefined;
  #stoppedBy: string | undefined;
  /** Whether the last pass saw no run and started none. */
  #idle = false;
  /** Why the last pass failed; undefined after one that did not. */
  #failure: string | undefined;

  private constructor(options: ManagerOptions, layout: Layout, lock: Lock) {
    this.#layout = layout;
    this.#lock = lock;
    this.#log = options.log;
    this.#reloader = new Reloader(options.loaded, options.load, options.log);
    const { log } = options;
    this.#context = openContext(
      layout,
      () => this.#reloader.config,
      log,
      () => this.#waker.wake(),
    );
    const facts = factsOf(options.loaded);
    this.#pass = new Pass(this.#context, () => ({ ...facts, configuration: this.#reloader.published }));
  }

  /**
   * Opens a queue: folders, a trial move through all four, the lock. Throws `QmError` with what to do; `refused` when
   * another manager has the queue. A lack of handles or memory may pass: it is tried again for some seconds.
   */
  static async open(options: ManagerOptions): Promise<Manager> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await Manager.#openNow(options);
      } catch (error) {
        if (!isForLackOfHandles(error) || tries === OPEN_TRIES) throw error;
        await sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }

  static async #openNow(options: ManagerOptions): Promise<Manager> {
    const layout = layoutOf(options.loaded.config.qmFolder);
    createFolders(layout);
    const lock = await Lock.take(layout);
    try {
      tryMoves(layout, "manager");
      withdrawStopRequest(layout.stopRequest);
      const { undelivered } = letterFolders(layout.outbox);
      for (const folder of [layout.state, layout.outbox, undelivered]) sweepTemporaryFiles(folder);
      return new Manager(options, layout, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Runs until it is stopped. Running jobs go on afterwards, unless they were to be ended. */
  async run(): Promise<void> {
    const { qmFolder, maxProcessors } = this.#reloader.config;
    this.#watchers = watchQueue(this.#context, (name) => this.#pass.matchesLastPass(name));
    const because = reasonFor(this.#reloader.loaded, "MaxNbProcessors");
    const processors = { processors: maxProcessors, ...(because !== undefined && { because }) };
    this.#log.info("manager started", { folder: qmFolder, ...processors, pid: process.pid });
    this.#context.mail.start();
    const heart = setInterval(() => this.#pass.beat(), HEARTBEAT_MS);
    try {
      while (!this.#mayLeave()) await this.#turn();
    } finally {
      clearInterval(heart);
      await this.#context.copyIns.stop();
      await this.#context.mail.stop();
      await this.#watchers.close();
      this.#lock.release();
      this.#log.info("manager stopped", { running: this.#pass.runs.length });
    }
  }

  /** Asks it to stop. A later request takes the place of an earlier one, but what is being ended is ended. */
  stop(mode: StopMode, by?: string): void {
    if (this.#stop === "kill") return;
    this.#stoppedBy = by;
    this.#stop = mode;
    this.#idle = false;
    this.#waker.wake();
  }

  /** Reads the configuration anew. */
  reload(): void {
    this.#reloader.reload();
    this.#waker.wake();
  }

  async #turn(): Promise<void> {
    try {
      this.#lock.keep();
      restoreFolders(this.#layout);
      this.#watchers?.keep();
      this.#reloader.reloadIfSaved();
      const by = stopRequestedBy(this.#layout.stopRequest);
      const request = takeStopRequest(this.#layout.stopRequest);
      if (request !== undefined) this.stop(request, by);
      if (this.#stop === "leave") return;
      const next = await this.#pass.run(this.#stop ?? "run", this.#notices(), this.#stoppedBy);
      this.#idle = next === "when_due" && this.#pass.runs.length === 0;
      this.#noteRecovery();
      await (next === "at_once" ? nextTurn() : this.#rest(next));
    } catch (error) {
      if (error instanceof QmError) throw error;
      this.#noteFailure(error);
      await this.#waker.rest(PAUSE_AFTER_FAILURE_MS);
    }
  }

  // What could not be seen whole is not acted upon: the next pass looks again. Told once, however long it lasts.
  #noteFailure(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (why !== this.#failure) this.#log.error("a pass failed; trying again every second", { why });
    this.#failure = why;
  }

  #noteRecovery(): void {
    if (this.#failure !== undefined) this.#log.info("passes work again");
    this.#failure = undefined;
  }

  #mayLeave(): boolean {
    return this.#stop === "leave" || (this.#stop !== undefined && this.#idle);
  }

  // The time between two passes belongs to the looks at what waits and the surveys of what is arriving.
  async #rest(next: Exclude<NextPass, "at_once">): Promise<void> {
    const startMs = performance.now();
    const nextDueMs = this.#pass.nextDueMs(startMs);
    const dueMs = next === "soon" ? Math.min(nextDueMs, startMs + SOON_MS) : nextDueMs;
    for (let nowMs = performance.now(); nowMs < dueMs && !this.#waker.isWoken; nowMs = performance.now()) {
      const queueDueMs = this.#context.queue.nextDueMs();
      if (queueDueMs <= nowMs) {
        const completed = this.#context.queue.advance(nowMs, QUEUE_SLICE_MS);
        // Always: passes that follow one another without it would leave timers and signals no turn.
        await nextTurn();
        if (completed) return;
      } else {
        await this.#waker.rest(Math.min(dueMs, queueDueMs) - nowMs);
        if (performance.now() < queueDueMs) return;
      }
    }
    await this.#waker.rest(0);
  }

  #notices(): readonly string[] {
    const asRoot = process.getuid?.() === 0 ? ["the manager runs as root, and so do all jobs"] : [];
    return [...this.#reloader.notices, ...asRoot, ...this.#context.mail.notices];
  }
}

function isForLackOfHandles(error: unknown): boolean {
  return isExhaustion(error) || (error instanceof Error && isExhaustion(error.cause));
}

function factsOf({ config }: LoadedConfig): ManagerFacts {
  return {
    worker: config.worker,
    host: os.hostname(),
    pid: process.pid,
    bootId: currentBootId(),
    pidNamespace: currentPidNamespace(),
    startTicks: identify(process.pid)?.startTicks ?? "",
    startedAt: new Date().toISOString(),
    qmFolder: config.qmFolder,
  };
}
