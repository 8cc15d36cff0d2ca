import fs from "node:fs";
import { writeFileAtomically, writeOver } from "../disk/durable.ts";
import { isNoRoom } from "../disk/error-code.ts";
import type { Log } from "../disk/log.ts";
import { tryOr } from "../text/try-or.ts";

const MIN_GAP_MS = 1000;
/** With ten thousand waiting jobs a status takes a while to make; the manager has other things to do. */
const MAX_SHARE = 0.05;
const MAX_GAP_MS = 5000;
const BEAT_GAP_MS = 1900;

/** The things that go with a view. */
interface Published {
  /** If all of these are unchanged, the view is not made again. */
  readonly basis?: () => readonly unknown[];
  /** Written with the next change; never a reason to write. */
  readonly measured?: object;
}

/** Writes the status for the page and the command line: when it changed, at most once a second, never torn. */
export class Publisher {
  readonly #file: string;
  readonly #spare: SpareFile;
  readonly #log: Log;
  #text = "";
  #writtenBytes = -1;
  #basis: readonly unknown[] = [];
  /** The time when the next one may be made, on the monotonic clock. */
  #mayMs = Number.NEGATIVE_INFINITY;
  #failing = false;
  /** The time when the file's own time was last moved, on the monotonic clock. */
  #signMs = Number.NEGATIVE_INFINITY;
  /** A view was offered before its time and has not been published since. */
  #isDue = false;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#spare = new SpareFile(file);
    this.#log = log;
  }

  /**
   * Publishes what `view` gives if the time has come. Never throws: a full disk must not stop the queue.
   * @param nowMs on the monotonic clock
   */
  publish(view: () => object, nowMs: number, { basis = () => [{}], measured = {} }: Published = {}): void {
    this.#isDue = nowMs < this.#mayMs;
    if (this.#isDue) return;
    try {
      const startMs = performance.now();
      const isWhole = this.#isAsWritten();
      const madeFrom = basis();
      if (isWhole && areSame(madeFrom, this.#basis)) return;
      const seen = view();
      const text = JSON.stringify(seen);
      if (text !== this.#text || !isWhole) {
        this.#write(JSON.stringify({ ...seen, ...measured }));
        this.#text = text;
        this.#mayMs = nowMs + gapAfter(performance.now() - startMs);
      }
      this.#basis = madeFrom;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.warn("the status could not be published", { why: String(error) });
      this.#failing = true;
    }
  }

  /** A sign of life where the last one is some time ago, by the file's time, for readers on other machines. */
  beat(nowMs: number): void {
    if (nowMs - this.#signMs < BEAT_GAP_MS) return;
    this.#signMs = nowMs;
    const nowSeconds = Date.now() / 1000;
    // The next pass tells where it is not published yet, or its folder is away.
    tryOr(() => fs.utimesSync(this.#file, nowSeconds, nowSeconds), undefined);
  }

  /** The time when a view that was offered too early may be published; infinity when none was. */
  get nextMs(): number {
    return this.#isDue ? this.#mayMs : Number.POSITIVE_INFINITY;
  }

  // Deleted, cut or replaced by somebody, it is written again, also where nothing else has changed. By its size alone: some
  // network file systems give a file another inode at every look.
  #isAsWritten(): boolean {
    return fs.statSync(this.#file, { throwIfNoEntry: false })?.size === this.#writtenBytes;
  }

  #write(text: string): void {
    this.#replace(text);
    this.#writtenBytes = fs.statSync(this.#file).size;
  }

  #replace(text: string): void {
    try {
      writeFileAtomically(this.#file, text);
      this.#spare.reserve(Buffer.byteLength(text));
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      this.#spare.replaceFile(text);
    }
  }
}

function areSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}

function gapAfter(spentMs: number): number {
  return Math.min(MAX_GAP_MS, Math.max(MIN_GAP_MS, spentMs / MAX_SHARE));
}

/** Room for a status of some hundred jobs. */
const MIN_BYTES = 64 * 1024;

/**
 * A second file beside one that is often replaced, whose room on the disk is kept: on a full disk the new text is
 * written over it and the two change places, so that people are told that the disk is full.
 */
export class SpareFile {
  readonly #file: string;
  readonly #spare: string;
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
    this.#spare = `${file}.spare`;
  }

  /** Keeps room for twice a text of this many bytes, where there is room; to be called while there is. */
  reserve(bytes: number): void {
    if (this.#bytes >= bytes) return;
    const wanted = Math.max(MIN_BYTES, 2 * bytes);
    // Without it a full disk is told of in the log alone.
    tryOr(() => {
      fs.writeFileSync(this.#spare, Buffer.alloc(wanted, " "));
      this.#bytes = wanted;
    }, undefined);
  }

  /**
   * Replaces the file at once, needing no new room. Where a second name takes an inode too (tmpfs), the file is missing for a
   * moment. Throws what the file system throws.
   */
  replaceFile(text: string): void {
    const aside = `${this.#spare}.next`;
    fs.rmSync(aside, { force: true });
    writeOver(this.#spare, text);
    this.#bytes = 0;
    const isReplaced = fs.existsSync(this.#file);
    if (isReplaced) putAside(this.#file, aside);
    fs.renameSync(this.#spare, this.#file);
    if (isReplaced) fs.renameSync(aside, this.#spare);
  }
}

function putAside(file: string, aside: string): void {
  try {
    fs.linkSync(file, aside);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    fs.renameSync(file, aside);
  }
}
