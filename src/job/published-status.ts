import * as z from "zod";
import { parseJson } from "../text/parse-json.ts";

const arrivingSchema = z.object({
  name: z.string(),
  bytes: z.number(),
  files: z.number(),
  reason: z.string(),
  /** Waiting alone does not help: the manager cannot take it before its reason is mended. */
  stuck: z.literal(true).exactOptional(),
});

const waitingSchema = z.object({
  name: z.string(),
  owner: z.string(),
  description: z.string(),
  processors: z.number(),
  priority: z.number(),
  bytes: z.number(),
  queuedAt: z.string(),
  /** 1 is the next to start; 0 is being started and in the line no more. */
  rank: z.number(),
  held: z.boolean(),
  reason: z.string(),
  /** Until it is expected to start, from `madeAt` on; 0 for any moment, absent where nothing tells. */
  expectedStartSeconds: z.number().exactOptional(),
});

const runningSchema = z.object({
  name: z.string(),
  runId: z.string(),
  attempt: z.number(),
  owner: z.string(),
  description: z.string(),
  processors: z.number(),
  processorIds: z.array(z.number()).readonly().exactOptional(),
  phase: z.enum(["starting", "running", "ending"]),
  queuedAt: z.string(),
  startedAt: z.string().exactOptional(),
  timeLimitSeconds: z.number().exactOptional(),
  /** Until it is expected to end, from `madeAt` on; 0 for any moment, absent where nothing tells. */
  expectedEndSeconds: z.number().exactOptional(),
  peakMemoryBytes: z.number().exactOptional(),
  /** What stands in its way, in plain words: "cannot be ended: …". */
  note: z.string().exactOptional(),
});

/** What `.qm/status.json` holds. */
export const statusSchema = z.object({
  version: z.literal(1),
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
  processors: z.object({ max: z.number(), busy: z.number() }),
  launchType: z.enum(["blocking", "non-blocking"]),
  /** Why nothing starts at all; absent while jobs may start. */
  closed: z.string().exactOptional(),
  /** Why processors are idle while jobs wait; absent where none is, or none waits. */
  idle: z.string().exactOptional(),
  paused: z.boolean(),
  disk: z.object({
    freeBytes: z.number(),
    neededBytes: z.number(),
    inodes: z.object({ free: z.number(), total: z.number(), needed: z.number() }).exactOptional(),
  }),
  arriving: z.array(arrivingSchema).readonly(),
  /** In the order in which they will start. */
  waiting: z.array(waitingSchema).readonly(),
  running: z.array(runningSchema).readonly(),
  /** Names in the queue that are no job folders, each with what to do about it. */
  strays: z.array(z.object({ name: z.string(), reason: z.string() })).readonly(),
  /** What a person ought to know: a broken configuration file, a user too mighty. */
  notices: z.array(z.string()).readonly(),
  /** When this was made. */
  madeAt: z.string().exactOptional(),
  /** What the last pass before this was written took, in milliseconds. */
  passMs: z.number().exactOptional(),
});

/** The manager's own view of the queue, as it lies in `.qm/status.json`. */
export type PublishedStatus = z.infer<typeof statusSchema>;

/** A published status read back; undefined when the text is none. */
export function parseStatus(text: string): PublishedStatus | undefined {
  return parseJson(statusSchema, text);
}
