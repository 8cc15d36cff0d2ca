import type { Surveyor } from "../queue/intake/survey.ts";
import type { RequestWatch } from "../queue/requests.ts";
import { Lasting } from "../text/lasting.ts";

/** All that this manager remembers of the runs while they last, by run id; a crash may take all of it. */
export class RunMemory {
  /** The claimed folder is being looked at once more. */
  readonly surveyors = new Map<string, Surveyor>();
  /** Looks for requests in the run's folder. */
  readonly requests = new Map<string, RequestWatch>();
  /** The run's folder is not in `QM_Jobs`. */
  readonly missed = new Lasting();
  /** A folder lies in `QM_Jobs` of which no record tells: by its name. */
  readonly unrecorded = new Lasting();

  /** Forgets for how long folders have been missed, or seen without records. */
  forgetMissed(): void {
    this.missed.endAllBut(new Set());
    this.unrecorded.endAllBut(new Set());
  }

  /** Forgets a run that has been accounted for. */
  forget(runId: string): void {
    this.surveyors.delete(runId);
    this.requests.delete(runId);
    this.missed.end(runId);
  }
}
