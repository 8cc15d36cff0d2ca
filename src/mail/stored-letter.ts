import * as z from "zod";
import { parseJson } from "../text/parse-json.ts";

const storedLetterSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{24}$/),
  /**
   * One that is not about a job makes no further letter when it cannot be delivered; a summary of what was held back
   * is never held back itself.
   */
  about: z.enum(["job", "manager", "summary"]),
  createdAt: z.iso.datetime(),
  messageId: z.string().regex(/^<[0-9a-f]{24}@[a-z0-9.-]+>$/),
  to: z.array(z.string()).readonly(),
  /** Recipients that have not got it yet. */
  pending: z.array(z.string()).readonly(),
  /** Recipients that will not get it, and why. */
  refused: z.array(z.object({ address: z.string(), why: z.string() })).readonly(),
  subject: z.string(),
  text: z.string(),
  html: z.string().exactOptional(),
  job: z.string().exactOptional(),
  outcome: z.string().exactOptional(),
  /** Why the last try left somebody pending. */
  lastAnswer: z.string().exactOptional(),
});

/** A letter as it lies in the outbox: ready to be sent, with who still is to get it. */
export type StoredLetter = z.infer<typeof storedLetterSchema>;

/** A letter's file read back; undefined when it is none. */
export function parseStoredLetter(text: string): StoredLetter | undefined {
  return parseJson(storedLetterSchema, text);
}
