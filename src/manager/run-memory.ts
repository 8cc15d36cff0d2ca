import type { LeftNote } from "../job/left-processes.ts";
import type { RequestWatch } from "../queue/request-watch.ts";
import { Lasting } from "./lasting.ts";
import { Peaks } from "./peaks.ts";

/** What this daemon remembers of the runs while they last, by run id; a crash may take all of it. */
export class RunMemory {
  /** A shim of this daemon's is under way: it was spawned and has not been seen to end. */
  readonly pendingShims = new Set<string>();
  /** This daemon has spawned a shim; one that has to be spawned again waits first. */
  readonly shimSpawned = new Set<string>();
  /** This daemon has asked the processes to end. */
  readonly askedToEnd = new Set<string>();
  /** The processes that were ended behind a command that had ended by itself. */
  readonly left = new Map<string, LeftNote>();
  readonly peaks = new Peaks();
  /** The run has ended, and children of it may be left. */
  readonly ended = new Lasting();
  /** The run's folder is not in `QM_Jobs`. */
  readonly missed = new Lasting();
  /** A folder lies in `QM_Jobs` of which no record tells: by its name. */
  readonly unrecorded = new Lasting();

  /** Looks for requests in the run's folder. */
  readonly requests = new Map<string, RequestWatch>();

  /** Forgets a run that has been accounted for; a shim of it that is still under way is forgotten when that ends. */
  forget(runId: string): void {
    this.shimSpawned.delete(runId);
    this.askedToEnd.delete(runId);
    this.left.delete(runId);
    this.requests.delete(runId);
    this.peaks.forget(runId);
    this.ended.end(runId);
    this.missed.end(runId);
  }
}
