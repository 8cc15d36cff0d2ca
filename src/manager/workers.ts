import fs from "node:fs";
import path from "node:path";
import { ifThere } from "../disk/error-code.ts";
import type { Launch } from "../job/launch.ts";
import type { Worker } from "../plan/worker.ts";
import type { Attempt } from "../queue/attempts/attempts.ts";
import type { Layout } from "../queue/layout.ts";
import { workerFiles, workersFolder } from "../queue/workers/worker-files.ts";
import type { HealthCheck } from "../worker/health.ts";
import type { LocalWorker } from "../worker/local-worker.ts";
import { type OrderSettings, RemoteWorker } from "../worker/remote-worker.ts";
import { ReportWatch } from "../worker/report-watch.ts";
import type { AttemptLook, WorkerPort } from "../worker/worker-port.ts";

/** An attempt with its news, and the worker that tells them. */
export interface LookedAt {
  readonly attempt: Attempt;
  readonly port: WorkerPort;
  readonly look: AttemptLook;
}

/** The worker of another machine, and the report by which it is heard. */
interface Remote {
  readonly port: RemoteWorker;
  readonly watch: ReportWatch;
}

/** Passes may follow one another more quickly than reports are worth reading. */
const LOOK_GAP_MS = 100;

/** The machines that run the queue's attempts. */
export class Workers {
  /** The manager's own machine. */
  readonly own: LocalWorker;
  readonly #layout: Layout;
  readonly #settings: OrderSettings;
  /** By their names without case. */
  readonly #remotes = new Map<string, Remote>();
  /** Those that had attempts at the last look. */
  #busy: ReadonlySet<WorkerPort> = new Set();
  /** The time at which the reports are to be read again, on the monotonic clock. */
  #dueMs = Number.NEGATIVE_INFINITY;

  readonly #health: HealthCheck;

  /** @param health the own machine's */
  constructor(own: LocalWorker, layout: Layout, settings: OrderSettings, health: HealthCheck) {
    this.own = own;
    this.#health = health;
    this.#layout = layout;
    this.#settings = settings;
  }

  /**
   * All of them, as the plan sees them. One that was stopped in order and has no attempt left is none of them, nor is the own one where
   * this machine is to run no jobs.
   */
  offers(isLocalWorker: boolean): Worker[] {
    const own = this.own.offer();
    const remotes = [...this.#remotes.values()].filter(({ port }) => !port.isStopped || this.#busy.has(port));
    const offered = remotes.map(({ port }) => port.offer());
    const others = offered.filter(({ name }) => keyOf(name) !== keyOf(own.name));
    return isLocalWorker ? [own, ...others] : others;
  }

  /** The names of the workers on other machines. */
  get remoteNames(): readonly string[] {
    return [...this.#remotes.values()].map(({ port }) => port.place.worker);
  }

  /** The worker of another machine that an attempt is for; undefined where it is this machine's. */
  remoteOf(launch: Pick<Launch, "worker" | "remote">): RemoteWorker | undefined {
    return launch.remote === true ? this.#remote(launch.worker ?? "").port : undefined;
  }

  /** The worker that a launch is for: the own one also where it was made under another name of the manager's machine. */
  of(launch: Pick<Launch, "worker" | "remote">): WorkerPort {
    return this.remoteOf(launch) ?? this.own;
  }

  /** The worker of a name that was among the offers. */
  named(worker: string): WorkerPort {
    return keyOf(worker) === keyOf(this.own.place.worker) ? this.own : this.#remote(worker).port;
  }

  /** Ends what is under way beside the passes. */
  close(): void {
    this.#health.close();
  }

  /** Has the reports read at the next look: something may have happened to any of them. */
  lookSoon(): void {
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  /** Reads the report of one of another machine. True where it tells more than that the worker lives. */
  hear(worker: string): boolean {
    return this.#remotes.get(keyOf(worker))?.watch.look(performance.now()) ?? true;
  }

  /** The news of attempts, each told by its worker. Throws where one cannot tell them whole. */
  look(attempts: readonly Attempt[]): LookedAt[] {
    const nowMs = performance.now();
    this.#health.attend(nowMs);
    this.#readReports(nowMs);
    const ports = attempts.map(({ launch }) => this.of(launch));
    this.#busy = new Set(ports);
    const looks = new Map<Attempt, AttemptLook>();
    for (const port of new Set<WorkerPort>([this.own, ...ports])) {
      const own = attempts.filter((_, at) => ports[at] === port);
      for (const [at, look] of port.look(own).entries()) looks.set(own[at] as Attempt, look);
    }
    return attempts.map((attempt, at) => ({
      attempt,
      port: ports[at] as WorkerPort,
      look: looks.get(attempt) as AttemptLook,
    }));
  }

  #readReports(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    const names = ifThere(() => fs.readdirSync(workersFolder(this.#layout))) ?? [];
    for (const name of names.filter((each) => this.#isOther(each))) this.#remote(name);
    for (const [key, { watch, port }] of this.#remotes) {
      watch.look(nowMs);
      // Its folder was removed by a person who has it forgotten.
      if (!names.includes(port.place.worker)) this.#remotes.delete(key);
    }
    this.#dueMs = nowMs + LOOK_GAP_MS;
  }

  // Attempts that an earlier manager of this machine has made under another name of it have no report.
  #isOther(name: string): boolean {
    if (this.#remotes.has(keyOf(name)) || keyOf(name) === keyOf(this.own.place.worker)) return false;
    const { folder, report } = workerFiles(this.#layout, name);
    return (ifThere(() => fs.readdirSync(folder)) ?? []).includes(path.basename(report));
  }

  #remote(name: string): Remote {
    const known = this.#remotes.get(keyOf(name));
    if (known !== undefined) return known;
    const watch = new ReportWatch(workerFiles(this.#layout, name).report, performance.now());
    watch.look(performance.now());
    const remote = { port: new RemoteWorker(name, watch, this.#settings), watch };
    this.#remotes.set(keyOf(name), remote);
    return remote;
  }
}

function keyOf(name: string): string {
  return name.toLowerCase();
}
