import * as z from "zod";

/** A machine that runs jobs, as people and programs get it. */
export const workerStatusSchema = z.object({
  name: z.string(),
  /** The machine's own name; absent where it is not known. */
  host: z.string().exactOptional(),
  processors: z.object({ max: z.number(), busy: z.number() }),
  /** Jobs that it runs at a time; as many as its processors allow where absent. */
  maxJobs: z.number().exactOptional(),
  pools: z.array(z.string()).readonly(),
  labels: z.array(z.string()).readonly(),
  /** It takes only jobs that name it. */
  onlyNamed: z.boolean(),
  /** Names of the jobs with an attempt on it. */
  running: z.array(z.string()).readonly(),
  /** Waiting jobs that could run on it, held ones not counted; absent where that is not told. */
  waiting: z.number().exactOptional(),
  /** `open`: it is given jobs; `paused`: nothing but a pause closes it; `closed`: for a reason of its own; `silent`: not heard of. */
  state: z.enum(["open", "paused", "closed", "silent"]),
  /** Somebody has paused it, whatever else closes it. */
  paused: z.boolean(),
  /** The reason why it is given no jobs, in plain words; absent where it is given some. */
  closed: z.string().exactOptional(),
  /** The time of its last word, ISO 8601, as old as the status; absent for the manager's own machine. */
  lastWord: z.string().exactOptional(),
});

/** A worker, as it is shown. */
export type WorkerStatus = z.infer<typeof workerStatusSchema>;

/**
 * The most processors that one job can get: those of the largest worker; of all where the status of an earlier manager tells of no
 * workers. Without any there is no telling, and no limit.
 */
export function mostProcessors({ workers, processors }: WorkersAndAll): number {
  return workers.length === 0
    ? processors.max || Number.POSITIVE_INFINITY
    : Math.max(...workers.map((worker) => worker.processors.max));
}

interface WorkersAndAll {
  readonly workers: readonly WorkerStatus[];
  readonly processors: { readonly max: number };
}

/** True where people are shown the workers at all: there are several, or the one is given no jobs. */
export function areWorkersWorthShowing(workers: readonly WorkerStatus[]): boolean {
  return workers.length > 1 || workers.some(({ closed }) => closed !== undefined);
}
