import * as z from "zod";
import { jobInfoSchema } from "./job-info.ts";
import { reassignmentSchema } from "./reassignment.ts";

/** The form of {@link Launch}. */
export const launchSchema = z
  .object({
    /** 2 where it has children: no earlier version may take it for one to start. */
    version: z.literal([1, 2]),
    name: z.string(),
    /** The job's number; absent where it was admitted before there were numbers. */
    number: z.number().int().positive().exactOptional(),
    attempt: z.number().int().positive(),
    /** Unlike for each attempt; also the mark that its processes bear in their environment. */
    runId: z.string(),
    bootId: z.string(),
    /** The machine whose manager launched it; absent in launches of earlier versions. */
    machineId: z.string().exactOptional(),
    /** The name of the worker that it is for; absent in launches of earlier versions. */
    worker: z.string().exactOptional(),
    /** The worker is another machine's: it alone may start the attempt, whatever files are there or missing. */
    remote: z.literal(true).exactOptional(),
    /** 0 where it has children, which alone take any. */
    processors: z.number().int().nonnegative(),
    processorIds: z.array(z.number().int().nonnegative()).readonly().exactOptional(),
    /** The waiting job that this one was allowed to pass, as fair share must know. */
    aheadOf: z.string().exactOptional(),
    /** Its demands, with the place that it was reassigned to. */
    info: jobInfoSchema,
    reassigned: reassignmentSchema.exactOptional(),
    fingerprint: z.string(),
    /** By which the folder is known again under another name; absent in launches of earlier versions. */
    folderIdentity: z.string().exactOptional(),
    admittedAtMs: z.number(),
    place: z.number().int(),
    sentToTop: z.boolean(),
    headSinceMs: z.number().exactOptional(),
    claimedAtMs: z.number(),
    /** The workers that are to run a child of it each; it is never started itself. */
    spread: z.array(z.string()).readonly().exactOptional(),
    /** Number of attempts right before this one that were lost; absent for none. */
    lostInARow: z.number().int().positive().exactOptional(),
  })
  .refine(({ version, processors, spread }) =>
    spread === undefined ? version === 1 && processors > 0 : version === 2 && processors === 0,
  );

/** The manager's note before it claims a job: all it needs to go on with this attempt after a crash. */
export type Launch = z.infer<typeof launchSchema>;

/** Each begins with a letter of its own, by which few bytes tell it. */
const END_KINDS = ["killed", "timed_out", "lost"] as const;

/** The form of {@link EndIntent}. */
export const endIntentSchema = z.object({
  version: z.literal(1),
  kind: z.enum(END_KINDS),
  /** Whoever or whatever ends it; of a lost one, why it counts as lost. */
  by: z.string(),
  bootId: z.string(),
  atUptimeSeconds: z.number(),
});

/**
 * The decision on how a run ends, on disk before the first signal, or before the first word of a loss: what comes later
 * changes nothing of it.
 */
export type EndIntent = z.infer<typeof endIntentSchema>;

/** An intent in at most about so many bytes, which may cut the name of who asked; without a NUL. */
export function shortEndIntent({ kind, by, bootId, atUptimeSeconds }: EndIntent, maxBytes: number): string {
  const head = `${kind[0]}${Math.floor(atUptimeSeconds * 100) / 100} ${bootId.replaceAll("-", "")} `;
  const encoder = new TextEncoder();
  let text = head;
  for (const character of by.replaceAll("\0", "")) {
    if (encoder.encode(text + character).length > maxBytes) break;
    text += character;
  }
  return text;
}

/** The intent in such a text; undefined when it is none. */
export function parseShortEndIntent(text: string): EndIntent | undefined {
  const [, initial, seconds, hex, by] = /^([a-z])([\d.]+) (\S+) (.*)$/s.exec(text) ?? [];
  const kind = END_KINDS.find(([first]) => first === initial);
  if (kind === undefined || hex === undefined || by === undefined) return undefined;
  return {
    version: 1,
    kind,
    by,
    bootId: hex.replace(/^(\w{8})(\w{4})(\w{4})(\w{4})(\w{12})$/, "$1-$2-$3-$4-$5"),
    atUptimeSeconds: Number(seconds),
  };
}
