import fs from "node:fs";
import { type JobRecord, parseRecord } from "../core/record.ts";
import { appendLineDurably } from "../files/durable.ts";

/** How far back a repeated finish looks for its own line: more than could be written between a crash and the next pass. */
const TAIL_BYTES = 1024 * 1024;

/** The accounting log: one line for every attempt that has ended, kept when the folder is deleted. */
export class History {
  readonly #file: string;
  readonly #recentRunIds: Set<string>;

  constructor(file: string) {
    this.#file = file;
    this.#recentRunIds = new Set(readTail(file, TAIL_BYTES).map((record) => record.runId));
  }

  /** Adds the line of an ended attempt, once: repeated after a crash it does nothing. */
  add(record: JobRecord): void {
    if (this.#recentRunIds.has(record.runId)) return;
    try {
      appendLineDurably(this.#file, JSON.stringify(record));
      this.#recentRunIds.add(record.runId);
    } catch (error) {
      // The line may be there all the same, when only its sync has failed.
      for (const { runId } of readTail(this.#file, TAIL_BYTES)) this.#recentRunIds.add(runId);
      throw error;
    }
  }
}

/** Every whole line of the history, oldest first; lines torn by a crash are passed over. */
export function readHistory(file: string): JobRecord[] {
  return readTail(file, Number.POSITIVE_INFINITY);
}

function readTail(file: string, maxBytes: number): JobRecord[] {
  const text = readEnd(file, maxBytes);
  return text.split("\n").flatMap((line) => parseRecord(line) ?? []);
}

function readEnd(file: string, maxBytes: number): string {
  if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) return "";
  const handle = fs.openSync(file, "r");
  try {
    const { size } = fs.fstatSync(handle);
    const length = Math.min(size, maxBytes);
    const bytes = Buffer.alloc(length);
    const count = fs.readSync(handle, bytes, 0, length, size - length);
    return bytes.subarray(0, count).toString("utf8");
  } finally {
    fs.closeSync(handle);
  }
}
