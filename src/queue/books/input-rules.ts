import type { TreeEntry } from "../../disk/tree.ts";
import { type JobInput, type JobInputs, pathKey } from "./job-inputs.ts";

/** What a job started from, by {@link pathKey}: all of the list but what an earlier attempt wrote. */
export function givenInputs({ entries }: JobInputs): Map<string, JobInput> {
  const given = entries.filter(({ earlier }) => earlier !== true);
  return new Map(given.map((entry) => [pathKey(entry), entry]));
}

/** Whether a file is still as it was listed. */
export function isAsListed(
  listed: Pick<JobInput, "bytes" | "mtimeMs">,
  now: Pick<JobInput, "bytes" | "mtimeMs">,
): boolean {
  return listed.bytes === now.bytes && listed.mtimeMs === now.mtimeMs;
}

/**
 * When something was last touched, in whole milliseconds, as the end of an attempt is recorded: what is newer than that
 * somebody has put in or changed by hand. By the ctime alone: anybody can set an mtime, the job too, or copy an old one.
 */
export function touchedMs({ ctimeMs }: Pick<TreeEntry, "ctimeMs">): number {
  return Math.floor(ctimeMs);
}

/**
 * Tells of what lies in a folder whether an earlier attempt wrote it: it was no input of that attempt and has not been
 * touched since its end. What is newer somebody has put in or changed by hand, and counts as input.
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
