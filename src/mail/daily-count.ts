import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { writeFileAtomically, writeFileDurably } from "../disk/durable.ts";
import { isThere } from "../disk/error-code.ts";
import { readRegularText } from "../disk/safe-read.ts";
import { wallClock } from "../text/local-time.ts";
import { parseJson } from "../text/parse-json.ts";
import { tryOr } from "../text/try-or.ts";

const heldSchema = z.object({ count: z.number().int().positive(), subjects: z.array(z.string()) });

const countSchema = z.object({
  version: z.literal(1),
  /** Local date: `2026-11-22`. */
  day: z.string(),
  sent: z.record(z.string(), z.number().int().nonnegative()),
  held: z.record(z.string(), heldSchema),
});

type Count = z.infer<typeof countSchema>;

/** The letters that one address did not get on a day that had too many for it. */
export interface Held {
  readonly address: string;
  readonly day: string;
  readonly count: number;
  /** Of the first of them. */
  readonly subjects: readonly string[];
}

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_SUBJECTS = 300;
const FILE_MODE = 0o600;

/** The number of letters that each address has got today, on disk, so that a restart begins no new day. */
export class DailyCount {
  readonly #file: string;
  readonly #now: () => Date;
  #count: Count;

  constructor(outbox: string, now: () => Date = () => new Date()) {
    this.#file = path.join(outbox, "today.json");
    this.#now = now;
    this.#count = parseJson(countSchema, readRegularText(this.#file, MAX_BYTES)) ?? this.#fresh();
  }

  /** Number of letters that this address has got today. */
  sentTo(address: string): number {
    return this.#count.sent[keyOf(address)] ?? 0;
  }

  /** Counts a letter that these addresses have got. On a full disk a restart may forget it: better than to send again. */
  addSent(addresses: readonly string[]): void {
    for (const address of addresses) this.#count.sent[keyOf(address)] = this.sentTo(address) + 1;
    // Counted in memory until it can be written.
    tryOr(() => this.#write(writeFileAtomically), undefined);
  }

  /** Notes, durably, that these addresses do not get a letter today. Throws what the file system throws. */
  hold(addresses: readonly string[], subject: string): void {
    for (const address of addresses) {
      const before = this.#count.held[keyOf(address)] ?? { count: 0, subjects: [] };
      const subjects = [...before.subjects, subject].slice(0, MAX_SUBJECTS);
      this.#count.held[keyOf(address)] = { count: before.count + 1, subjects };
    }
    this.#write(writeFileDurably);
  }

  /** All that was held back on a day that is over. */
  get heldOfPast(): readonly Held[] {
    const { day, held } = this.#count;
    return this.isToday ? [] : Object.entries(held).map(([address, what]) => ({ address, day, ...what }));
  }

  /** True while what is counted is today's. */
  get isToday(): boolean {
    return this.#count.day === wallClock(this.#now()).day;
  }

  /** Begins the count of today; letters must have told of what was held back before. Throws what the file system throws. */
  beginToday(): void {
    this.#count = this.#fresh();
    if (fs.existsSync(this.#file)) this.#write(writeFileAtomically);
  }

  #fresh(): Count {
    return { version: 1, day: wallClock(this.#now()).day, sent: {}, held: {} };
  }

  #write(write: typeof writeFileDurably): void {
    const folder = path.dirname(this.#file);
    // Not the one above: where that is gone the queue's mount may be away.
    if (!isThere(folder)) fs.mkdirSync(folder, { mode: 0o700 });
    write(this.#file, JSON.stringify(this.#count), FILE_MODE);
  }
}

// Always with an `@` in it, so never a name that every object has.
function keyOf(address: string): string {
  return address.toLowerCase();
}
