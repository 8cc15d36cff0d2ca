import * as z from "zod";
import { parseJson } from "../text/parse-json.ts";
import { LIVE_JOBS } from "./job.ts";
import { workerStatusSchema } from "./worker-status.ts";

/** The queue itself, as the manager publishes it and as programs get it. */
export const queueStateSchema = z.object({
  /** Those of all workers. */
  processors: z.object({ max: z.number(), busy: z.number() }),
  /** The machines that run jobs, the manager's own first; none where an earlier manager tells of none. */
  workers: z.array(workerStatusSchema).readonly().default([]),
  launchType: z.enum(["blocking", "non-blocking"]),
  /** The reason why nothing starts at all; absent while jobs may start. */
  closed: z.string().exactOptional(),
  /** The reason why processors are idle while jobs wait; absent where none is, or none waits. */
  idle: z.string().exactOptional(),
  paused: z.boolean(),
  disk: z.object({
    freeBytes: z.number(),
    neededBytes: z.number(),
    inodes: z.object({ free: z.number(), total: z.number(), needed: z.number() }).exactOptional(),
  }),
  running: z.array(LIVE_JOBS.running).readonly(),
  /** In the order in which they will start. */
  waiting: z.array(LIVE_JOBS.waiting).readonly(),
  arriving: z.array(LIVE_JOBS.arriving).readonly(),
  /** Names in the queue that are no job folders, each with what to do about it. */
  strays: z.array(z.object({ name: z.string(), reason: z.string() })).readonly(),
  /** News that a person ought to know: a broken configuration file, a user too mighty. */
  notices: z.array(z.string()).readonly(),
});

/** The queue itself, by the manager or by its folders. */
export type QueueState = z.infer<typeof queueStateSchema>;

/** The content of `.qm/status.json`. */
const statusSchema = queueStateSchema.extend({
  version: z.literal(2),
  worker: z.string(),
  host: z.string(),
  pid: z.number(),
  bootId: z.string(),
  /** The namespace in which `pid` counts: a manager in a container may have the same host name and boot. */
  pidNamespace: z.string().exactOptional(),
  startTicks: z.string(),
  startedAt: z.string(),
  qmFolder: z.string(),
  /** The manager's configuration: its file, absent where all values are defaults, and a digest of the values. */
  configuration: z.object({ file: z.string().exactOptional(), digest: z.string() }).exactOptional(),
  /** The time at which this was made. */
  madeAt: z.string().exactOptional(),
  /** Duration of the last pass before this was written, in milliseconds. */
  passMs: z.number().exactOptional(),
});

/** The manager's own view of the queue, as it lies in `.qm/status.json`. */
export type PublishedStatus = z.infer<typeof statusSchema>;

const { arriving, waiting, running } = LIVE_JOBS;

/** A status of an older manager: its jobs have no `state`, only what runs has a `phase`. */
const version1Schema = statusSchema
  .extend({
    version: z.literal(1),
    arriving: z.array(arriving.omit({ state: true })),
    waiting: z.array(waiting.omit({ state: true })),
    running: z.array(running.omit({ state: true }).extend({ phase: running.shape.state })),
  })
  .transform(
    (old): PublishedStatus => ({
      ...old,
      version: 2,
      arriving: old.arriving.map((job) => ({ ...job, state: "arriving" })),
      waiting: old.waiting.map((job) => ({ ...job, state: "waiting" })),
      running: old.running.map(({ phase, ...job }) => ({ ...job, state: phase })),
    }),
  );

/** A published status read back, that of an older manager too; undefined when the text is none. */
export function parseStatus(text: string): PublishedStatus | undefined {
  return parseJson(z.union([statusSchema, version1Schema]), text);
}
