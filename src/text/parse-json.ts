import type * as z from "zod";

/** JSON text checked against a schema; undefined when it is no JSON or does not fit. */
export function parseJson<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
