import { readLogTail } from "../../disk/open-log.ts";
import { type JobRecord, parseRecord } from "../../job/record.ts";

/** The last ended attempts within the last `maxBytes` of the history, newest first; lines cut or torn are passed over. */
export function readRecentHistory(file: string, maxBytes = 256 * 1024): JobRecord[] {
  const tail = readLogTail(file, maxBytes)?.toString("utf8") ?? "";
  return tail
    .split("\n")
    .flatMap((line) => parseRecord(line) ?? [])
    .reverse();
}
