import { Peaks } from "./peaks.ts";

/** What this daemon remembers of the runs while they last, by run id; a crash may take all of it. */
export class RunMemory {
  /** A shim of this daemon's is under way: it was spawned and has not been seen to end. */
  readonly pendingShims = new Set<string>();
  /** This daemon has spawned a shim; one that has to be spawned again waits first. */
  readonly shimSpawned = new Set<string>();
  /** This daemon has asked the processes to end. */
  readonly askedToEnd = new Set<string>();
  readonly peaks = new Peaks();
  readonly #endSeen = new Map<string, number>();

  /** When an end with children left was first seen, in seconds since boot: now, unless it was before. */
  noteEndSeen(runId: string, uptimeSeconds: number): number {
    const seen = this.#endSeen.get(runId) ?? uptimeSeconds;
    this.#endSeen.set(runId, seen);
    return seen;
  }

  /** Forgets a run that has been accounted for; a shim of it that is still under way is forgotten when that ends. */
  forget(runId: string): void {
    this.shimSpawned.delete(runId);
    this.askedToEnd.delete(runId);
    this.peaks.forget(runId);
    this.#endSeen.delete(runId);
  }
}
