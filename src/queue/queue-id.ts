import * as z from "zod";
import { writeFileDurably } from "../disk/durable.ts";
import { isNoRoom } from "../disk/error-code.ts";
import { readFresh } from "../disk/safe-read.ts";
import { parseJson } from "../text/parse-json.ts";
import type { Layout } from "./layout.ts";

const identitySchema = z.object({ version: z.number(), id: z.string().min(1) });

const MAX_BYTES = 4096;

/** The id of the queue in a folder; undefined where none is written there. Throws where that cannot be told. */
export function readQueueId({ identity }: Layout): string | undefined {
  return parseJson(identitySchema, readFresh(identity, MAX_BYTES) ?? "")?.id;
}

/** Writes a queue's id down, durably. A full disk keeps no manager from starting: then the next one does it. */
export function writeQueueId({ identity }: Layout, id: string): void {
  try {
    writeFileDurably(identity, `${JSON.stringify({ version: 1, id })}\n`);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
  }
}
