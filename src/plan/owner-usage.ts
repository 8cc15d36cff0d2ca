import type { BusySlot, QueuedJob } from "./schedule-input.ts";

type Share = Pick<BusySlot, "owner" | "processors" | "aheadOf">;

/** Processors in use by each owner: what fair share goes by. */
export class OwnerUsage {
  readonly #shares: Share[] = [];
  readonly #byOwner = new Map<string, number>();
  readonly #byOvertaken = new Map<string, number>();

  constructor(busy: readonly Share[]) {
    for (const slot of busy) this.add(slot);
  }

  copy(): OwnerUsage {
    return new OwnerUsage(this.#shares);
  }

  add(share: Share): void {
    this.#shares.push(share);
    increase(this.#byOwner, share.owner, share.processors);
    if (share.aheadOf !== undefined) {
      increase(this.#byOvertaken, overtakenKey(share.owner, share.aheadOf), share.processors);
    }
  }

  /** Processors that the job's owner has in use, without those that were started ahead of this very job. */
  countedAgainst(job: Pick<QueuedJob, "owner" | "name">): number {
    const inUse = this.#byOwner.get(job.owner) ?? 0;
    if (this.#byOvertaken.size === 0) return inUse;
    return inUse - (this.#byOvertaken.get(overtakenKey(job.owner, job.name)) ?? 0);
  }
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** A job's name is a folder's name: it holds no slash, so that the key is unambiguous. */
function overtakenKey(owner: string, jobName: string): string {
  return `${owner}/${jobName}`;
}
