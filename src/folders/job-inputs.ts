import { z } from "zod";
import { parseJson } from "../core/parse-json.ts";
import type { TreeEntry } from "./tree.ts";

const inputsSchema = z.object({
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
      }),
    )
    .readonly(),
});

/** What lay in a job's folder when it started. Paths that are not UTF-8 are given as Latin-1 with `latin1: true`. */
export type JobInputs = z.infer<typeof inputsSchema>;

/** One thing that lay there. */
export type JobInput = JobInputs["entries"][number];

/** A list read back; undefined when the text is none. */
export function parseInputs(text: string): JobInputs | undefined {
  return parseJson(inputsSchema, text);
}

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

/**
 * Tells of what lies in a folder whether an earlier attempt wrote it: it was no input of that attempt and has not been
 * touched since its end. What is newer somebody has put in or changed by hand, and counts as input.
 * @param before the list of the earlier attempt
 * @param finishedAt when that ended, ISO 8601; without it only what is marked already stays so
 */
export function marksOfEarlier(
  before: JobInputs | undefined,
  finishedAt: string | undefined,
): (entry: TreeEntry) => boolean {
  if (before === undefined) return () => false;
  const known = new Map(before.entries.map((entry) => [pathKey(entry), entry]));
  const endMs = finishedAt === undefined ? Number.NaN : Date.parse(finishedAt);
  return ({ path, mtimeMs, ctimeMs }) => {
    const input = known.get(path.toString("latin1"));
    if (input !== undefined && input.earlier !== true) return false;
    if (Number.isNaN(endMs)) return input?.earlier === true;
    // A copy may keep an old mtime; the ctime cannot be set. An end is told in whole milliseconds.
    return Math.floor(Math.max(mtimeMs, ctimeMs)) <= endMs;
  };
}
