import fs from "node:fs";
import os from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { LoadedConfig } from "../config/config.ts";
import type { Checked } from "../core/problem.ts";
import { Admissions } from "../folders/admissions.ts";
import { Attempts } from "../folders/attempts.ts";
import { History } from "../folders/history.ts";
import { type Layout, layoutOf } from "../folders/layout.ts";
import { QueueScan } from "../folders/queue-scan.ts";
import { NameIndex } from "../folders/shelves.ts";
import { createFolders, tryMoves } from "../folders/tree-setup.ts";
import { currentBootId, identify } from "../process/identity.ts";
import { pinningSupport } from "../process/pinning.ts";
import type { Context } from "./context.ts";
import { type Lock, takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import { type DaemonFacts, Pass } from "./pass.ts";
import { Peaks } from "./peaks.ts";
import { Reloader } from "./reloader.ts";
import { RunScan } from "./run-scan.ts";
import { type StopMode, takeStopRequest } from "./stop-request.ts";
import { Waker } from "./waker.ts";
import { watchFolders } from "./watcher.ts";

/** What a daemon is made from. */
export interface DaemonOptions {
  readonly loaded: LoadedConfig;
  /** Reads the configuration anew, for a reload. */
  readonly load: () => Checked<LoadedConfig>;
  readonly log: Log;
}

/** Between two slices of surveys other events get their turn. */
const SURVEY_SLICE_MS = 10;
const PAUSE_AFTER_FAILURE_MS = 1000;

/**
 * The daemon of one queue: one pass after the other, with rests in which it waits to be woken. It alone moves jobs
 * and starts them. Stopping it leaves running jobs to their shims; the next daemon adopts them.
 */
export class Daemon {
  readonly #layout: Layout;
  readonly #lock: Lock;
  readonly #log: Log;
  readonly #reloader: Reloader;
  readonly #waker = new Waker();
  readonly #queue: QueueScan;
  readonly #pass: Pass;
  #stop: StopMode | undefined;
  /** Whether the last pass saw no run and started none. */
  #idle = false;

  private constructor(options: DaemonOptions, layout: Layout, lock: Lock) {
    this.#layout = layout;
    this.#lock = lock;
    this.#log = options.log;
    this.#reloader = new Reloader(options.loaded, options.load, options.log);
    const context = openContext(
      layout,
      options,
      () => this.#waker.wake(),
      () => this.#reloader.config,
    );
    this.#queue = context.queue;
    this.#pass = new Pass(context, factsOf(options.loaded));
  }

  /**
   * Opens a queue: folders, a trial move through all four, the lock. Throws `QmError` with what to do; `refused` when
   * another daemon has the queue.
   */
  static async open(options: DaemonOptions): Promise<Daemon> {
    const layout = layoutOf(options.loaded.config.qmFolder);
    createFolders(layout);
    const lock = await takeLock(layout);
    try {
      tryMoves(layout);
      fs.rmSync(layout.stopRequest, { force: true, recursive: true });
      return new Daemon(options, layout, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Runs until it is stopped. Running jobs go on afterwards, unless they were to be ended. */
  async run(): Promise<void> {
    const { qmFolder, maxProcessors } = this.#reloader.config;
    const { queue, running, root } = this.#layout;
    const watcher = watchFolders([root, queue, running], () => this.#waker.wake(), this.#log);
    this.#log.info("manager started", { folder: qmFolder, processors: maxProcessors, pid: process.pid });
    try {
      while (!this.#mayLeave()) await this.#turn();
    } finally {
      await watcher.close();
      this.#lock.release();
      this.#log.info("manager stopped", { running: this.#pass.runs.length });
    }
  }

  /** Asks it to stop; a later, stronger request takes the place of a milder one. */
  stop(mode: StopMode): void {
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
      const request = takeStopRequest(this.#layout.stopRequest);
      if (request !== undefined) this.stop(request);
      this.#reloader.reloadIfSaved();
      const mode = this.#stop === undefined || this.#stop === "leave" ? "run" : this.#stop;
      if (this.#stop === "leave") return;
      const changed = await this.#pass.run(mode, this.#notices());
      this.#idle = !changed && this.#pass.runs.length === 0;
      await (changed ? nextTurn() : this.#rest());
    } catch (error) {
      // What could not be seen whole is not acted upon: the next pass looks again.
      this.#log.error("a pass failed", { why: error instanceof Error ? error.message : String(error) });
      await this.#waker.rest(PAUSE_AFTER_FAILURE_MS);
    }
  }

  #mayLeave(): boolean {
    return this.#stop === "leave" || (this.#stop !== undefined && this.#idle);
  }

  // The time between two passes belongs to the surveys of what is arriving.
  async #rest(): Promise<void> {
    const dueMs = this.#pass.nextDueMs(performance.now());
    for (let nowMs = performance.now(); nowMs < dueMs && !this.#waker.isWoken; nowMs = performance.now()) {
      const surveyMs = this.#queue.nextSurveyMs();
      if (surveyMs <= nowMs) {
        if (this.#queue.advanceSurveys(nowMs, SURVEY_SLICE_MS)) return;
        await nextTurn();
      } else {
        await this.#waker.rest(Math.min(dueMs, surveyMs) - nowMs);
        if (performance.now() < surveyMs) return;
      }
    }
    await this.#waker.rest(0);
  }

  #notices(): readonly string[] {
    const asRoot = process.getuid?.() === 0 ? ["the manager runs as root, and so do all jobs"] : [];
    return [...this.#reloader.problems, ...asRoot];
  }
}

function openContext(
  layout: Layout,
  { loaded, log }: DaemonOptions,
  wake: () => void,
  config: Context["config"],
): Context {
  const { worker } = loaded.config;
  const pendingShims = new Set<string>();
  const admissions = new Admissions(layout.admissions);
  const attempts = new Attempts(layout, worker);
  return {
    layout,
    place: { worker, host: os.hostname() },
    config,
    queue: new QueueScan(layout.queue, admissions),
    admissions,
    attempts,
    runScan: new RunScan(layout, attempts, pendingShims),
    history: new History(layout.history),
    finishedNames: new NameIndex(layout.finished),
    lostNames: new NameIndex(layout.lost),
    pinning: pinningSupport(),
    peaks: new Peaks(),
    pendingShims,
    log,
    wake,
  };
}

function factsOf({ config }: LoadedConfig): DaemonFacts {
  return {
    worker: config.worker,
    host: os.hostname(),
    pid: process.pid,
    bootId: currentBootId(),
    startTicks: identify(process.pid)?.startTicks ?? "",
    startedAt: new Date().toISOString(),
    qmFolder: config.qmFolder,
  };
}
