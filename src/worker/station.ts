import path from "node:path";
import type { Log } from "../disk/log.ts";
import { currentBootId, currentMachineId } from "../disk/machine.ts";
import type { EndIntent, Launch } from "../job/launch.ts";
import type { Action } from "../plan/action.ts";
import { planRuns, type RunRules } from "../plan/plan-runs.ts";
import type { Run } from "../plan/snapshot.ts";
import { decidedNow } from "../queue/attempts/attempt-marks.ts";
import type { Attempt, Attempts } from "../queue/attempts/attempts.ts";
import { explain } from "../queue/explain.ts";
import { type Layout, STAGES } from "../queue/layout.ts";
import { JOB_REQUESTS } from "../queue/request-files.ts";
import { requestedBy } from "../queue/requests.ts";
import { claimName, removeClaim } from "../queue/workers/claim.ts";
import type { ReceivedOrder } from "../queue/workers/order.ts";
import type { ReportedAttempt } from "../queue/workers/report.ts";
import { EARLIER_BOOT, isClaimed, type LocalClaims } from "./local-claims.ts";
import type { LocalWorker } from "./local-worker.ts";
import type { QueueSight } from "./queue-sight.ts";
import { type StationRun, StationScan } from "./station-scan.ts";
import type { AttemptLook } from "./worker-port.ts";

/** The parts of a station. */
export interface StationOptions {
  readonly layout: Layout;
  readonly worker: string;
  /** On this machine's own disk. */
  readonly attempts: Attempts;
  readonly local: LocalWorker;
  readonly claims: LocalClaims;
  readonly log: Pick<Log, "info" | "warn">;
  /** Has the next look follow at once. */
  readonly wake: () => void;
}

/** The attempts of a worker's own machine, brought in line with the orders at each look. All its records are on this machine's own disk. */
export class Station {
  readonly #options: StationOptions;
  readonly #scan: StationScan;
  /** Run ids of attempts that have ended and of which a second look has found nothing alive. */
  readonly #settled = new Set<string>();
  /** Run ids of attempts that have run and were forgotten: an order that a file server shows again, late, starts nothing. */
  readonly #forgotten = new Set<string>();
  /** By the job's name. */
  readonly #failures = new Map<string, string>();
  #runs: readonly StationRun[] = [];

  constructor(options: StationOptions) {
    this.#options = options;
    this.#scan = new StationScan(options);
  }

  /** The attempts of the last look. */
  get runs(): readonly Run[] {
    return this.#runs;
  }

  /**
   * One look at orders and attempts, and all that follows from it. Throws where the records of this machine cannot be told whole.
   * @param mode `drain`: nothing starts, and what has not started is given back; `kill`: what runs is ended as well
   */
  async pass(sight: QueueSight, rules: RunRules): Promise<void> {
    if (sight.kind === "there") await this.#takeIn(sight.orders);
    this.#runs = this.#scan.observe(sight, rules);
    for (const run of this.#runs) await this.#alone(run.name, () => this.#followOrder(run, rules.mode));
    for (const action of planRuns({ runs: this.#runs, unrecorded: [], workers: [] }, rules))
      await this.#alone(action.name, () => this.#carryOut(action, rules.mode));
  }

  /** `[JobEnvironment]` of the queue, as it was when a launch was ordered. */
  environmentOf({ runId }: Launch): Readonly<Record<string, string>> {
    return this.#runs.find(({ launch }) => launch.runId === runId)?.order?.start?.environment ?? {};
  }

  /** The state of each attempt, for the report. */
  reported(): Record<string, ReportedAttempt> {
    return Object.fromEntries(this.#runs.map((run) => [run.launch.runId, this.#reportOf(run)]));
  }

  #reportOf({ attempt, look, state }: StationRun): ReportedAttempt {
    const { local, claims } = this.#options;
    const { end, endingSeconds } = look;
    const waitsFor = state.kind === "claimed" ? claims.waitsFor(attempt) : undefined;
    const leftNote = state.kind === "exited" ? local.leftNote(attempt) : undefined;
    const peakMemoryBytes = local.peakBytes(attempt);
    return {
      evidence: look.evidence,
      leftProcesses: this.#leftProcesses(attempt, look, state.kind === "exited" || state.kind === "vanished"),
      ...(end !== undefined && { end }),
      ...(endingSeconds !== undefined && { endingSeconds: Math.min(endingSeconds, Number.MAX_SAFE_INTEGER) }),
      ...(waitsFor !== undefined && { waitsFor }),
      ...(leftNote !== undefined && { leftNote }),
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
    };
  }

  // That nothing is left is told only once another look has found nothing either.
  #leftProcesses(attempt: Attempt, { leftProcesses }: AttemptLook, hasEnded: boolean): number {
    const { runId } = attempt.launch;
    if (!hasEnded || leftProcesses > 0 || this.#settled.has(runId)) return leftProcesses;
    if (this.#options.local.stillLives(attempt)) return 1;
    this.#settled.add(runId);
    return 0;
  }

  /** Makes an attempt of each order that may start, or that is taken back and could have started. */
  async #takeIn(orders: readonly ReceivedOrder[]): Promise<void> {
    const { attempts } = this.#options;
    const known = attempts.list().map(({ launch }) => launch);
    for (const order of orders) {
      const { launch, start } = order;
      const isKnown = this.#forgotten.has(launch.runId) || known.some(({ runId }) => runId === launch.runId);
      // Of an earlier attempt of that job it has to be seen first that nothing lives.
      const isBarred = known.some(({ name, runId }) => name === launch.name && runId !== launch.runId);
      if (start === undefined || isKnown || isBarred) continue;
      await this.#alone(launch.name, async () => {
        await attempts.create(this.#ownLaunch(order, start.killGraceSeconds));
        this.#options.log.info("job taken in", { job: launch.name, attempt: launch.attempt });
      });
    }
  }

  /** Does something for one job. A failure keeps no other waiting: it is tried again at the next look, and told once. */
  async #alone(job: string, act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
      this.#failures.delete(job);
    } catch (error) {
      const why = explain(error);
      if (this.#failures.get(job) !== why) this.#options.log.warn("could not act on a job", { job, why });
      this.#failures.set(job, why);
    }
  }

  #ownLaunch({ launch }: ReceivedOrder, killGraceSeconds: number): Launch {
    const { remote: _remote, processorIds: _ids, ...given } = launch;
    const { attempts, local, layout, worker } = this.#options;
    // Claimed, and unknown here: the disk with the records of it is gone.
    const wasHere = isClaimed(path.join(layout.running, launch.name), worker, launch.runId);
    return {
      ...given,
      info: { ...given.info, killGraceSeconds: given.info.killGraceSeconds ?? killGraceSeconds },
      bootId: wasHere ? EARLIER_BOOT : currentBootId(),
      machineId: currentMachineId(),
      ...local.grant(given.processors, attempts.launches()),
    };
  }

  /** Takes over the manager's decisions about an attempt: that it is taken back, to end, or forgotten. */
  #followOrder(run: StationRun, mode: RunRules["mode"]): void {
    const { local, log } = this.#options;
    const { attempt, state, order, isGivenUp } = run;
    if (state.kind === "claimed") {
      const isTakenBack = order?.isRevoked === true || isGivenUp || mode !== "run";
      if (!isTakenBack) return;
      if (local.takeBack(attempt) && isGivenUp) this.#forget(attempt);
      return;
    }
    if (order?.end !== undefined && run.end === undefined)
      this.#decideEnd(run, { ...order.end, ...decidedNow() });
    if (!isGivenUp) return;
    if (state.kind === "running" && run.end === undefined) {
      this.#decideEnd(run, { ...decidedNow(), kind: "killed", by: "the manager, which has given it up" });
      log.warn("ending a job that the manager has given up", { job: run.name });
    }
    const hasEnded = state.kind === "exited" || state.kind === "vanished";
    if (!hasEnded || this.#leftProcesses(attempt, run.look, true) > 0) return;
    this.#forgotten.add(attempt.launch.runId);
    this.#forget(attempt);
  }

  #forget(attempt: Attempt): void {
    const { attempts, local, claims, layout, worker } = this.#options;
    const { runId, name } = attempt.launch;
    // The manager takes it away as a rule; where a person has given the job up, it waits for this, wherever the folder lies by now.
    for (const stage of STAGES) removeClaim(path.join(layout[stage], name), claimName(worker, runId));
    attempts.remove(attempt);
    local.forget(attempt);
    claims.forget(attempt);
    this.#settled.delete(runId);
    this.#scan.forget(runId);
    this.#runs = this.#runs.filter(({ launch }) => launch.runId !== runId);
    this.#options.log.info("job forgotten", { job: name });
  }

  /** Carries out what is this machine's to do; to account for a run, or to give it back, is the manager's. */
  #carryOut(action: Action, mode: RunRules["mode"]): void {
    const run = this.#runs.find(({ name }) => name === action.name);
    if (run === undefined) return;
    switch (action.kind) {
      case "verify":
        this.#claim(run, mode);
        break;
      case "spawn":
        this.#start(run, mode);
        break;
      case "end":
        this.#end(run, action);
        break;
      case "signal":
        this.#signal(run, action.signal);
        break;
      case "continue_supervisor":
        this.#options.local.continueSupervisor(run.attempt);
        break;
    }
  }

  #claim({ attempt, jobFolder, order }: StationRun, mode: RunRules["mode"]): void {
    if (mode !== "run" || order?.start === undefined || order.isRevoked) return;
    this.#options.claims.pursue({ attempt, jobFolder }, order.start);
  }

  #start({ attempt, jobFolder, order, name }: StationRun, mode: RunRules["mode"]): void {
    const { local, claims, log } = this.#options;
    // Its folder has to be seen, and that nobody takes it back.
    if (mode !== "run" || order === undefined || order.isRevoked || claims.isPaused(attempt)) return;
    const answer = local.start({ attempt, jobFolder }, () => undefined);
    if (answer.kind === "ordered") log.info("job started", { job: name, attempt: attempt.launch.attempt });
    else claims.note(attempt, answer.why);
  }

  #end(run: StationRun, { cause }: Extract<Action, { kind: "end" }>): void {
    const { jobFolder, name } = run;
    const decided =
      cause.kind === "timed_out"
        ? ({ kind: "timed_out", by: "its time limit" } as const)
        : ({
            kind: "killed",
            by: cause.kind === "killed" ? cause.by : requestedBy(jobFolder, JOB_REQUESTS.kill),
          } as const);
    this.#decideEnd(run, { ...decidedNow(), ...decided });
    this.#options.log.info("ending job", { job: name, why: decided.kind, by: decided.by });
  }

  /** Puts the decision to end an attempt on disk. The signals follow in the next look, at once: later its grace may be over. */
  #decideEnd({ attempt }: StationRun, end: EndIntent): void {
    this.#options.attempts.recordEnd(attempt, end);
    this.#options.wake();
  }

  #signal({ attempt, name }: StationRun, signal: "TERM" | "KILL"): void {
    const why = this.#options.local.signal(attempt, signal);
    if (why !== undefined) this.#options.log.warn("could not end a job", { job: name, why });
  }
}
