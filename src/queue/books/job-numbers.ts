import path from "node:path";
import { writeFileDurably } from "../../disk/durable.ts";
import { readCacheText } from "../../disk/safe-read.ts";
import { parseRecord, recordsIn } from "../../job/record.ts";
import { tryOr } from "../../text/try-or.ts";
import type { Layout } from "../layout.ts";
import { listJobNames } from "../stages.ts";
import { readJobRecord } from "./job-records.ts";

/** So many numbers are reserved at once: a crash skips at most as many, and a sync is needed only once for all of them. */
const BLOCK = 50;

/**
 * The numbers of a queue's jobs: 1, 2, 3 …, each given once. The file holds a number below which any may have been given; it is
 * on the disk before the first of a block is given.
 */
export class JobNumbers {
  readonly #file: string;
  #next: number;
  #reserved: number;

  /** @param first the first number where the file does not tell. Throws where handles or memory are missing to open it */
  constructor(file: string, first: () => number) {
    this.#file = file;
    const counted = readCounter(file);
    this.#next = counted ?? first();
    this.#reserved = this.#next;
    if (counted === undefined) this.#write(this.#next);
  }

  /** The next number; undefined where the disk does not take the reservation: no job waits for its number. */
  next(): number | undefined {
    if (this.#next === this.#reserved && !this.#write(this.#next + BLOCK)) return undefined;
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  /** Gives back the rest of the block. */
  close(): void {
    if (this.#next < this.#reserved) this.#write(this.#next);
  }

  #write(reserved: number): boolean {
    const isWritten = tryOr(() => {
      writeFileDurably(this.#file, `${reserved}\n`);
      return true;
    }, false);
    if (isWritten) this.#reserved = reserved;
    return isWritten;
  }
}

function readCounter(file: string): number | undefined {
  const number = Number(readCacheText(file));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/**
 * The first number of a queue without a counter: above every number that its history, its folders, and `others` tell of. Where
 * there are any, the counter was deleted: then those of jobs that wait may be lost too, and more are skipped than there can be
 * such jobs. Lines of the history from before there were numbers get theirs, in their order.
 */
export function firstNumber(layout: Layout, others: readonly (number | undefined)[]): number {
  // A history that is absent, or larger than a text may be, must not keep a manager from starting.
  const lines = readCacheText(layout.history).split("\n");
  const inHistory = recordsIn(lines).map(({ number }) => number);
  // A history from before there were numbers spares a look at every folder.
  const isOld = inHistory.length > 0 && inHistory.every((number) => number === undefined);
  const told = [...inHistory, ...(isOld ? [] : numbersInFolders(layout)), ...others];
  const highest = told.reduce<number>((most, number = 0) => Math.max(most, number), 0);
  const skipped = highest === 0 ? 0 : BLOCK + tryOr(() => listJobNames(layout.queue).length, 0);
  return numberHistory(layout.history, lines, highest + skipped + 1);
}

// A folder that cannot be listed keeps passes waiting, not the manager from starting.
function numbersInFolders(layout: Layout): (number | undefined)[] {
  return [layout.running, layout.finished, layout.lost].flatMap((stage) =>
    tryOr(() => listJobNames(stage), []).map((name) => readJobRecord(path.join(stage, name))?.number),
  );
}

/** Gives the lines without a number theirs, from `first` on, one for all attempts of a job. Returns the number after them. */
function numberHistory(history: string, lines: readonly string[], first: number): number {
  let next = first;
  const numbers = new Map<string, number>();
  const text = lines.map((line) => {
    const record = parseRecord(line);
    if (record === undefined) return line;
    const known = record.number ?? (record.attempt > 1 ? numbers.get(record.name) : undefined);
    if (known === undefined) next += 1;
    const number = known ?? next - 1;
    numbers.set(record.name, number);
    return record.number === undefined ? numbered(line, number) : line;
  });
  // A full disk must not keep a manager from starting: then the lines stay as they are.
  if (next > first) tryOr(() => writeFileDurably(history, text.join("\n")), undefined);
  return next;
}

/** The line with whatever else is in it. */
function numbered(line: string, number: number): string {
  const { version, name, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return JSON.stringify({ version, name, number, ...rest });
}
