import type { Log } from "../disk/log.ts";
import type { Worker } from "../plan/worker.ts";
import { JOB_REQUESTS, MACHINE_IS_OFF } from "../queue/request-files.ts";
import { makeRequest } from "../queue/requests.ts";
import { runShortly, type ShortEnd } from "../worker/short-command.ts";
import type { ObservedRun } from "./run-scan.ts";

/** The parts of {@link Fence}. */
export interface FenceParts {
  /** `Fence_Command` and the folder of the queue, as they are now. */
  readonly config: () => { readonly fenceCommand: string | undefined; readonly qmFolder: string };
  readonly log: Log;
  /** Asks for another pass soon. */
  readonly wake: () => void;
}

const LIMIT_SECONDS = 300;
const RETRY_MS = 60_000;

/** The news of one silent worker's fence. */
type Fenced =
  | { readonly kind: "under_way" }
  | { readonly kind: "off" }
  | { readonly kind: "failed"; readonly why: string; readonly againMs: number };

/**
 * Has the machines of silent workers switched off by `Fence_Command`, whose success vouches that nothing lives there: then their jobs are
 * given up as by a person who says so. It is the only way in which a job of a silent worker runs again by itself.
 */
export class Fence {
  readonly #parts: FenceParts;
  /** By the worker's name. */
  readonly #fenced = new Map<string, Fenced>();

  constructor(parts: FenceParts) {
    this.#parts = parts;
  }

  /** Sees to the silent workers of a look. Never throws, and waits for nothing. */
  attend(workers: readonly Worker[], runs: readonly ObservedRun[], nowMs: number): void {
    const command = this.#parts.config().fenceCommand;
    for (const worker of workers) {
      const own = runs.filter((run) => run.worker === worker.name);
      if (command === undefined || worker.hearing !== "silent" || own.length === 0)
        this.#fenced.delete(worker.name);
      else this.#see(worker, command, own, nowMs);
    }
  }

  #see(worker: Worker, command: string, runs: readonly ObservedRun[], nowMs: number): void {
    const known = this.#fenced.get(worker.name);
    if (known?.kind === "off") this.#giveUp(runs);
    else if (known === undefined || (known.kind === "failed" && nowMs >= known.againMs))
      void this.#fence(worker, command, known?.why);
  }

  async #fence(worker: Worker, command: string, failure: string | undefined): Promise<void> {
    const { log, config, wake } = this.#parts;
    const { name, host = name } = worker;
    const underWay: Fenced = { kind: "under_way" };
    this.#fenced.set(name, underWay);
    if (failure === undefined) log.warn("a silent worker is being switched off", { worker: name, command });
    const ended = await runShortly({
      command,
      qmFolder: config().qmFolder,
      worker: name,
      extra: { QM_WORKER_HOST: host },
      limitSeconds: LIMIT_SECONDS,
    });
    // Heard of meanwhile: what it ran goes on, or was switched off and is told of as lost.
    if (this.#fenced.get(name) !== underWay) return;
    this.#note(name, ended, failure);
    wake();
  }

  #note(name: string, ended: ShortEnd, before: string | undefined): void {
    const { log } = this.#parts;
    if (ended.kind === "ok") {
      log.warn("a silent worker is off, by Fence_Command", { worker: name });
      this.#fenced.set(name, { kind: "off" });
      return;
    }
    const { why } = ended;
    if (why !== before) log.error("Fence_Command failed; tried again every minute", { worker: name, why });
    this.#fenced.set(name, { kind: "failed", why, againMs: performance.now() + RETRY_MS });
  }

  // A request that cannot be made is tried again at the next look.
  #giveUp(runs: readonly ObservedRun[]): void {
    for (const { jobFolder, name, lossRequested, folderPresent } of runs) {
      if (lossRequested || !folderPresent) continue;
      try {
        makeRequest(jobFolder, JOB_REQUESTS.lost, `Fence_Command\n${MACHINE_IS_OFF}`);
      } catch (error) {
        this.#parts.log.warn("a job of a machine that is off cannot be given up", {
          job: name,
          why: String(error),
        });
      }
    }
  }
}
