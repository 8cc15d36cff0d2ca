import crypto from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileDurably } from "../disk/durable.ts";
import { currentBootId } from "../disk/machine.ts";
import { markSpawning, readRecordText } from "../queue/attempts/attempt-marks.ts";
import type { Attempt, Attempts } from "../queue/attempts/attempts.ts";
import { explain } from "../queue/explain.ts";
import { type Claim, claimName, type FoundClaim, makeClaim, readClaims } from "../queue/workers/claim.ts";
import type { StartOrder } from "../queue/workers/order.ts";
import { findMissing } from "../queue/workers/whole-folder.ts";
import type { Assigned } from "./worker-port.ts";

/** In the place of the boot id of a launch whose first records are gone: the disk that they lay on is, or was deleted. */
export const EARLIER_BOOT = "earlier";

/** The mark on the worker's own disk that makes a claim its own. */
const CLAIM_FILE = "claim";

const RETRY_MS = 1000;

/** The parts of {@link LocalClaims}. */
export interface ClaimOptions {
  readonly worker: string;
  readonly machine: string;
  /** Machines whose claims count as this one's, as they are no more. */
  readonly formerMachines: () => readonly string[];
  readonly attempts: Attempts;
  /** For so long the file server may take to show what another machine has written. */
  readonly syncMs: number;
  /** The obstacle to the job on this machine besides its files, in words; undefined for none. */
  readonly obstacle: (assigned: Assigned) => string | undefined;
  readonly wake: () => void;
}

/** Takes jobs in hand, beside the worker's looks: sees that their folders are whole, and claims them. */
export class LocalClaims {
  readonly #options: ClaimOptions;
  readonly #underWay = new Set<string>();
  /** The obstacle to each, and when it is tried again, on the monotonic clock; by run id. */
  readonly #waiting = new Map<string, { readonly why: string; readonly againMs: number }>();

  constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /** The obstacle that an attempt has met, in words for people. */
  waitsFor({ launch }: Attempt): string | undefined {
    return this.#waiting.get(launch.runId)?.why;
  }

  /** Notes an obstacle that was met elsewhere. */
  note({ launch }: Attempt, why: string): void {
    this.#waiting.set(launch.runId, { why, againMs: performance.now() + RETRY_MS });
  }

  /** True while an attempt is not to be tried yet. */
  isPaused({ launch }: Attempt): boolean {
    return performance.now() < (this.#waiting.get(launch.runId)?.againMs ?? 0);
  }

  /** Forgets an attempt: it has started, or is no more. */
  forget({ launch }: Attempt): void {
    this.#waiting.delete(launch.runId);
  }

  /** Goes on with taking a job in hand; once it is, its attempt is marked as verified. Returns at once. */
  pursue(assigned: Assigned, order: StartOrder): void {
    const { runId } = assigned.attempt.launch;
    if (this.#underWay.has(runId) || this.isPaused(assigned.attempt)) return;
    this.#underWay.add(runId);
    void this.#pursue(assigned, order).finally(() => {
      this.#underWay.delete(runId);
      this.#options.wake();
    });
  }

  async #pursue(assigned: Assigned, order: StartOrder): Promise<void> {
    const { attempt } = assigned;
    try {
      const why = await this.#take(assigned, order);
      if (why === undefined) this.forget(attempt);
      else this.note(attempt, why);
    } catch (error) {
      this.note(attempt, explain(error));
    }
  }

  async #take(assigned: Assigned, { inputs }: StartOrder): Promise<string | undefined> {
    const missing = (await findMissing(assigned.jobFolder, inputs)) ?? this.#options.obstacle(assigned);
    if (missing !== undefined) return missing;
    const { attempt, jobFolder } = assigned;
    const { worker, machine, attempts, syncMs } = this.#options;
    const name = claimName(worker, attempt.launch.runId);
    const id = ownClaimId(attempt.folder);
    await makeClaim(jobFolder, name, { version: 1, id, machineId: machine, bootId: currentBootId() });
    await sleep(syncMs);
    const obstacle = this.#judge(attempt, name, id, readClaims(jobFolder));
    if (obstacle === undefined) attempts.markVerified(attempt);
    return obstacle;
  }

  #judge(attempt: Attempt, name: string, id: string, found: readonly FoundClaim[]): string | undefined {
    const other = found.find((claim) => claim.name !== name);
    if (other !== undefined) return `another worker has claimed it: .qm/${other.name} in its folder`;
    const own = found.find((claim) => claim.name === name);
    if (own === undefined) return "its claim is not to be seen in its folder yet";
    if (own.claim?.id === id) return undefined;
    if (own.claim === undefined || !this.#isOver(own.claim)) return this.#strange(name);
    return this.#noteLost(attempt);
  }

  #strange(name: string): string {
    return `${this.#options.worker} has claimed it, by records that are not this machine's: .qm/${name} in its folder`;
  }

  // One of this run of the machine may live: in a container beside this one, or behind records that somebody has deleted.
  #isOver({ machineId, bootId }: Claim): boolean {
    const { machine, formerMachines } = this.#options;
    const isThisMachines = machineId === machine && bootId !== currentBootId();
    return isThisMachines || formerMachines().includes(machineId);
  }

  // This machine has claimed it, and remembers nothing of it: it may have run.
  #noteLost({ launch, folder }: Attempt): string {
    if (launch.bootId === EARLIER_BOOT) markSpawning(folder, EARLIER_BOOT, "");
    return "the worker's own records of it are gone";
  }
}

function ownClaimId(attemptFolder: string): string {
  const file = path.join(attemptFolder, CLAIM_FILE);
  const known = readRecordText(file);
  if (known !== undefined && known !== "") return known;
  const id = crypto.randomUUID();
  writeFileDurably(file, id, 0o600);
  return id;
}

/** True where a worker's claim on a run lies in the job's folder. Throws where that cannot be told. */
export function isClaimed(jobFolder: string, worker: string, runId: string): boolean {
  const name = claimName(worker, runId);
  return readClaims(jobFolder).some((claim) => claim.name === name);
}
