import type { Layout } from "../queue/layout.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import type { Actor } from "./actor.ts";
import { hasManager, type Liveness } from "./manager-state.ts";
import { type JobSource, submitJob } from "./submit-job.ts";
import { numberSoon } from "./wait-for-end.ts";

/** So long a manager has to admit a job, for its number to be told. */
const ADMISSION_MS = 10_000;

/** A job in the queue, as programs are told of it. */
export interface Submitted {
  readonly name: string;
  /** Undefined where no manager has admitted it yet. */
  readonly number?: number;
  readonly warnings: readonly string[];
}

/** As {@link submitJob}; waits until the manager has admitted the job. Where none runs, it waits in the queue for one. */
export async function submitAndNumber(
  layout: Layout,
  liveness: Liveness,
  source: JobSource,
  actor: Pick<Actor, "name">,
  signal: AbortSignal,
  hold: boolean,
): Promise<Submitted> {
  const { warnings, ...job } = await submitJob(layout, source, actor, signal, hold);
  const waitMs = hasManager(layout, liveness) ? ADMISSION_MS : 0;
  const number = await numberSoon(layout, job, performance.now() + waitMs);
  return withoutUndefined({ name: job.name, number, warnings });
}
