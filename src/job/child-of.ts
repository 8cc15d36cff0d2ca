import * as z from "zod";

/** The form of {@link ChildOf}. */
export const childOfSchema = z.object({
  /** The job that runs on all workers, and its run. */
  name: z.string(),
  runId: z.string(),
  /** The worker on which this child of it runs. */
  worker: z.string(),
});

/** The mark of a job that is the child of one that runs on all workers. */
export type ChildOf = z.infer<typeof childOfSchema>;
