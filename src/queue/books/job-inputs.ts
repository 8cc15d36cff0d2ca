import * as z from "zod";
import type { TreeEntry } from "../../disk/tree.ts";

/** The form of {@link JobInputs}. */
export const inputsSchema = z.object({
  version: z.literal(1),
  entries: z
    .array(
      z.object({
        path: z.string(),
        latin1: z.literal(true).exactOptional(),
        type: z.string(),
        bytes: z.number(),
        mtimeMs: z.number(),
        /** Not an input: an earlier attempt wrote it. */
        earlier: z.literal(true).exactOptional(),
        /** The manager writes the job's status into it, which is no change. */
        status: z.literal(true).exactOptional(),
      }),
    )
    .readonly(),
});

/** No list is longer. */
export const MAX_INPUTS_BYTES = 64 * 1024 * 1024;

/** The content of a job's folder when it started. Paths that are not UTF-8 are given as Latin-1 with `latin1: true`. */
export type JobInputs = z.infer<typeof inputsSchema>;

/** One thing that lay there. */
export type JobInput = JobInputs["entries"][number];

/** A path of the list as bytes, one character each: the form in which lists and folders are compared. */
export function pathKey({ path, latin1 }: Pick<JobInput, "path" | "latin1">): string {
  return latin1 === true ? path : Buffer.from(path, "utf8").toString("latin1");
}

/** A path as the list holds it. */
export function pathToText(relative: Buffer): Pick<JobInput, "path" | "latin1"> {
  const text = relative.toString("utf8");
  if (Buffer.from(text, "utf8").equals(relative)) return { path: text };
  return { path: relative.toString("latin1"), latin1: true };
}

/** The files that a job started from, by {@link pathKey}: all of the list but what an earlier attempt wrote. */
export function givenInputs({ entries }: JobInputs): Map<string, JobInput> {
  const given = entries.filter(({ earlier }) => earlier !== true);
  return new Map(given.map((entry) => [pathKey(entry), entry]));
}

/** True for a file that is still as it was listed. */
export function isAsListed(
  listed: Pick<JobInput, "bytes" | "mtimeMs" | "status">,
  now: Pick<JobInput, "bytes" | "mtimeMs">,
): boolean {
  return listed.status === true || (listed.bytes === now.bytes && listed.mtimeMs === now.mtimeMs);
}

/**
 * The time when something was last touched, in whole milliseconds, as the end of an attempt is recorded: newer files have been put in
 * or changed by hand. By the ctime alone: anybody can set an mtime, the job too, or copy an old one.
 */
export function touchedMs({ ctimeMs }: Pick<TreeEntry, "ctimeMs">): number {
  return Math.floor(ctimeMs);
}

/**
 * Tells of what lies in a folder whether an earlier attempt wrote it: it was no input of that attempt and has not been
 * touched since its end. Newer files have been put in or changed by hand, and count as input.
 * @param before the list of the earlier attempt
 * @param endedAt when that ended, ISO 8601, by the folder's own clock; without it only what is marked already stays so
 */
export function marksOfEarlier(
  before: JobInputs | undefined,
  endedAt: string | undefined,
): (entry: TreeEntry) => boolean {
  if (before === undefined) return () => false;
  const known = new Map(before.entries.map((entry) => [pathKey(entry), entry]));
  const endMs = Date.parse(endedAt ?? "");
  return (entry) => {
    const input = known.get(entry.path.toString("latin1"));
    if (input !== undefined && input.earlier !== true) return false;
    if (Number.isNaN(endMs)) return input?.earlier === true;
    return touchedMs(entry) <= endMs;
  };
}
