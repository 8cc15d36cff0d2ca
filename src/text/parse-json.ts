import type * as z from "zod";
import { tryOr } from "./try-or.ts";

/** JSON text checked against a schema; undefined when it is no JSON or does not fit. */
export function parseJson<T>(schema: z.ZodType<T>, text: string): T | undefined {
  // The text of a file that is not there: an error takes long to be made.
  if (text === "") return undefined;
  return tryOr(() => schema.safeParse(JSON.parse(text)).data, undefined);
}
