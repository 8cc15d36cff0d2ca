import * as z from "zod";
import { parseJson } from "../../text/parse-json.ts";

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

/** No list is longer. */
export const MAX_INPUTS_BYTES = 64 * 1024 * 1024;

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
