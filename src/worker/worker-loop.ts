import fs from "node:fs";
import { networkFileSystem } from "../disk/file-system.ts";
import type { Log } from "../disk/log.ts";
import type { Rest } from "../disk/rest.ts";
import { type RunRules, runsDueInMs } from "../plan/plan-runs.ts";
import type { Run } from "../plan/snapshot.ts";
import type { Layout } from "../queue/layout.ts";
import {
  asksToStop,
  type StopMode,
  takeStopRequest,
  withdrawStopRequest,
} from "../queue/manager-requests.ts";
import { Orders } from "../queue/workers/order.ts";
import type { News, Report } from "../queue/workers/report.ts";
import { workerFiles } from "../queue/workers/worker-files.ts";
import { QmError } from "../text/errors.ts";
import { tryOr } from "../text/try-or.ts";
import { Emptiness } from "./emptiness.ts";
import type { HealthCheck } from "./health.ts";
import { LogSync } from "./log-sync.ts";
import { type QueueSight, seeQueue } from "./queue-sight.ts";
import type { Reporter } from "./reporter.ts";
import type { Station } from "./station.ts";

/** The parts of a worker's loop. */
export interface LoopOptions {
  readonly layout: Layout;
  readonly queueId: string;
  /** The worker's name. */
  readonly worker: string;
  readonly offer: () => Report["offer"];
  readonly pollSeconds: number;
  readonly station: Station;
  readonly reporter: Reporter;
  readonly rest: Rest;
  readonly health: HealthCheck;
  /** It stops once the queue has nothing more for it. */
  readonly untilEmpty: boolean;
  readonly log: Log;
}

const PAUSE_AFTER_FAILURE_MS = 1000;
/** For so long a worker that is being stopped gives back what the manager may just have ordered. */
const LAST_ORDERS_MS = 3000;

/** A worker at work: one look after the other, with rests in which it waits to be woken. */
export class WorkerLoop {
  readonly #options: LoopOptions;
  readonly #logs: LogSync | undefined;
  #stop: { readonly mode: StopMode; readonly by: string | undefined; readonly sinceMs: number } | undefined;
  readonly #orders: Orders;
  readonly #emptiness: Emptiness | undefined;
  #watcher: fs.FSWatcher | undefined;
  /** The reason why the last look failed or saw no queue; undefined after one that went well. */
  #failure: string | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#orders = new Orders(workerFiles(options.layout, options.worker).folder);
    this.#emptiness = options.untilEmpty ? new Emptiness(options.layout, options.worker) : undefined;
    const isShared = tryOr(() => networkFileSystem(options.layout.root) !== undefined, true);
    this.#logs = isShared ? new LogSync() : undefined;
  }

  /** Runs until it is stopped. Running jobs go on afterwards, unless they were to be ended. Throws `QmError`. */
  async run(): Promise<void> {
    const { station, reporter, log, layout, worker } = this.#options;
    // It was meant for another program of this name.
    withdrawStopRequest(workerFiles(layout, worker).stopRequest);
    try {
      while (!this.#mayLeave()) await this.#turn();
      tryOr(() => reporter.write(this.#news("stopped"), performance.now()), undefined);
    } finally {
      this.#watcher?.close();
      this.#options.health.close();
      log.info("worker stopped", { running: station.runs.length });
    }
  }

  /** Asks it to stop. A later request takes the place of an earlier one, but what is being ended is ended. */
  stop(mode: StopMode, by?: string): void {
    if (this.#stop?.mode === "kill") return;
    this.#stop = { mode, by, sinceMs: this.#stop?.sinceMs ?? performance.now() };
    this.#options.rest.wake();
  }

  async #turn(): Promise<void> {
    const { layout, queueId, station, reporter, rest } = this.#options;
    try {
      this.#options.health.attend(performance.now());
      const sight = seeQueue(layout, queueId, this.#orders, station.runs.length > 0);
      if (sight.kind === "there") this.#hearPeople();
      await station.pass(sight, this.#rules());
      this.#noteSight(sight);
      if (sight.kind === "there") {
        reporter.tell(this.#news(), performance.now());
        this.#stopIfEmpty(performance.now());
      }
      this.#logs?.sync(station.runs, layout);
      this.#watch();
      await rest.upTo(this.#dueInMs());
    } catch (error) {
      if (error instanceof QmError) throw error;
      this.#noteFailure(error instanceof Error ? error.message : String(error));
      await rest.upTo(PAUSE_AFTER_FAILURE_MS);
    }
  }

  #news(state: News["state"] = this.#stop === undefined ? "works" : "drains"): News {
    const { station, offer, health } = this.#options;
    const { why: unhealthy } = health;
    const told = { state, offer: offer(), attempts: station.reported() };
    return unhealthy === undefined ? told : { ...told, unhealthy };
  }

  #rules(): RunRules {
    const mode = this.#stop === undefined ? "run" : this.#stop.mode === "kill" ? "kill" : "drain";
    return { mode, pollSeconds: this.#options.pollSeconds, killGraceSeconds: 0, stoppedBy: this.#stop?.by };
  }

  #dueInMs(): number {
    const { station, reporter, pollSeconds } = this.#options;
    const reportInMs = Math.max(0, reporter.dueMs - performance.now());
    return Math.min(pollSeconds * 1000, runsDueInMs(station.runs), reportInMs);
  }

  // A job that was just ordered is given back first: the manager gives nothing new once it has read that this worker stops.
  #mayLeave(): boolean {
    if (this.#stop === undefined) return false;
    const { mode, sinceMs } = this.#stop;
    const { runs } = this.#options.station;
    if (performance.now() - sinceMs < LAST_ORDERS_MS) return false;
    return mode === "leave" || !runs.some(isUnfinished);
  }

  #hearPeople(): void {
    const { stopRequest } = workerFiles(this.#options.layout, this.#options.worker);
    const request = asksToStop(this.#orders.names, stopRequest) ? takeStopRequest(stopRequest) : undefined;
    if (request !== undefined) this.stop(request.mode, request.by);
  }

  #stopIfEmpty(nowMs: number): void {
    if (this.#options.station.runs.length > 0 || this.#emptiness?.look(nowMs) !== true) return;
    if (this.#stop === undefined) this.#options.log.info("the queue has nothing more for this worker");
    this.stop("drain", "--until-empty");
  }

  #noteSight(sight: QueueSight): void {
    if (sight.kind === "away") {
      this.#noteFailure(`the queue's folders are away: ${sight.why}`);
    } else {
      if (this.#failure !== undefined) this.#options.log.info("the queue is there again");
      this.#failure = undefined;
    }
  }

  // Told once, however long it lasts.
  #noteFailure(why: string): void {
    if (why !== this.#failure) this.#options.log.error("a look failed; looking again", { why });
    this.#failure = why;
  }

  // Events only wake it; on a mount there are none.
  #watch(): void {
    if (this.#watcher !== undefined) return;
    const { layout, worker, rest } = this.#options;
    this.#watcher = tryOr(
      () => fs.watch(workerFiles(layout, worker).folder, (_event, name) => this.#hear(name, rest)),
      undefined,
    );
    this.#watcher?.on("error", () => this.#watcher?.close());
  }

  // Its own report is no news.
  #hear(name: string | null, rest: Rest): void {
    if (name?.includes("report.json") !== true) rest.wake();
  }
}

// An end is on this disk, and in the report: the manager accounts for it whenever it is there.
function isUnfinished({ state, leftProcesses }: Run): boolean {
  return (
    state.kind === "running" || leftProcesses > 0 || (state.kind === "claimed" && state.start !== "revoked")
  );
}
