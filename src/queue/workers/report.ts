import * as z from "zod";
import { writeFileAtomically } from "../../disk/durable.ts";
import { readFresh } from "../../disk/safe-read.ts";
import { endIntentSchema } from "../../job/launch.ts";
import { leftNoteSchema } from "../../job/left-processes.ts";
import { parseJson } from "../../text/parse-json.ts";

/** The form of a report that this program writes and understands. */
const REPORT_VERSION = 1;

const MAX_REPORT_BYTES = 16 * 1024 * 1024;

const exitSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("incomplete") }),
  z.object({
    kind: z.literal("exited"),
    exitCode: z.number().int(),
    signal: z.string().optional(),
    cpuSeconds: z.number().optional(),
    endedAtMs: z.number(),
    endedAtUptimeSeconds: z.number().optional(),
  }),
]);

/** As `RunEvidence`. Seconds since boot are by the worker's clock. */
const evidenceSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("unstarted"),
    start: z.enum(["none", "incomplete", "revoked"]),
    attemptHeld: z.boolean(),
    spawnedBefore: z.boolean(),
    shimPending: z.boolean(),
    verified: z.boolean(),
    claimedAtMs: z.number(),
  }),
  z.object({
    kind: z.literal("started"),
    startedAtMs: z.number(),
    startedAtUptimeSeconds: z.number(),
    shim: z.enum(["gone", "lives", "stopped"]),
    exit: exitSchema,
    uptimeSeconds: z.number(),
  }),
]);

/** The state of one attempt in a report. */
const reportedAttemptSchema = z.object({
  evidence: evidenceSchema,
  /** Living processes of the job besides its supervisor; counted only once it is ending or has ended. */
  leftProcesses: z.number().int().min(0),
  /** The decision to end it that stands on the worker, by the worker's clock. */
  end: endIntentSchema.exactOptional(),
  /** Seconds since that decision, or since its end was seen while children of it live on. */
  endingSeconds: z.number().exactOptional(),
  /** The obstacle to its start, in words for people. */
  waitsFor: z.string().exactOptional(),
  leftNote: leftNoteSchema.exactOptional(),
  peakMemoryBytes: z.number().exactOptional(),
});

/** The form of {@link Report}. */
const reportSchema = z.object({
  version: z.literal(REPORT_VERSION),
  /** The worker's name as it writes it itself. */
  worker: z.string(),
  /** Random at each start of the worker's program. */
  instance: z.string(),
  machineId: z.string(),
  host: z.string(),
  bootId: z.string(),
  /** Counts the reports of one instance. */
  sequence: z.number().int(),
  /** `drains`: it starts nothing more, and stops once nothing runs. `stopped`: its program has ended in order. */
  state: z.enum(["works", "drains", "stopped"]),
  offer: z.object({
    processors: z.number().int().positive(),
    maxJobs: z.number().int().positive().exactOptional(),
    pools: z.array(z.string()),
    labels: z.array(z.string()),
    onlyNamed: z.boolean(),
    os: z.string(),
    memoryBytes: z.number(),
  }),
  /** The reason why it takes no job by itself, in words for people. */
  unhealthy: z.string().exactOptional(),
  /** The version of its program. */
  program: z.string(),
  /** By the wall clock of the worker's machine: for people alone. */
  writtenAt: z.string(),
  /** By run id. */
  attempts: z.record(z.string(), reportedAttemptSchema),
});

/** All that a worker tells: it is written anew after each change, at most once a second, and at least every five seconds. */
export type Report = z.infer<typeof reportSchema>;

/** The part of a report that tells how things stand, not who reports and when. */
export type News = Pick<Report, "state" | "offer" | "attempts"> & Pick<Partial<Report>, "unhealthy">;

/** One attempt as its worker tells of it. */
export type ReportedAttempt = z.infer<typeof reportedAttemptSchema>;

/** A report that was looked for. */
export type ReportLook =
  | { readonly kind: "report"; readonly report: Report; readonly text: string }
  | { readonly kind: "absent" }
  /** It is being written on a mount that shows it torn, or is no report: the last good one stands. */
  | { readonly kind: "torn" }
  /** A program of a later version has written it. */
  | { readonly kind: "newer"; readonly version: number };

/** The part of the news that is worth telling, and hearing, soon: all but what changes by itself. The same text for the same news. */
export function newsOf({ state, offer, attempts, unhealthy }: News): string {
  const lasting = Object.entries(attempts).map(([runId, attempt]) => [runId, lastingOf(attempt)]);
  return JSON.stringify({ state, offer, unhealthy, attempts: lasting });
}

function lastingOf({
  peakMemoryBytes: _peak,
  endingSeconds: _ending,
  evidence,
  ...attempt
}: ReportedAttempt) {
  return { ...attempt, evidence: { ...evidence, uptimeSeconds: 0 } };
}

/** Writes a worker's report: never torn for a reader. Throws what the file system throws. */
export function writeReport(file: string, report: Report): void {
  writeFileAtomically(file, `${JSON.stringify(report)}\n`);
}

/** Reads a worker's report by its opening alone. Throws what the file system throws, but for its absence. */
export function readReport(file: string): ReportLook {
  const text = readFresh(file, MAX_REPORT_BYTES);
  if (text === undefined) return { kind: "absent" };
  const report = parseJson(reportSchema, text);
  if (report !== undefined) return { kind: "report", report, text };
  const version = parseJson(z.object({ version: z.number() }), text)?.version ?? 0;
  return version > REPORT_VERSION ? { kind: "newer", version } : { kind: "torn" };
}
