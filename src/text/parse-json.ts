import type * as z from "zod";
import { tryOr } from "./try-or.ts";

/** JSON text checked against a schema; undefined when it is no JSON or does not fit. */
export function parseJson<T>(schema: z.ZodType<T>, text: string): T | undefined {
  return tryOr(() => schema.safeParse(JSON.parse(text)).data, undefined);
}
