import fs from "node:fs/promises";
import { errorCode } from "../../disk/error-code.ts";
import { parseRecord } from "../../job/record.ts";
import { type EndedAttempt, endedAttemptOf } from "./ended-attempt.ts";

/** Every attempt that the history tells of, kept in memory. */
export class EndedHistory {
  readonly #follower: HistoryFollower;
  #attempts: EndedAttempt[] = [];
  #latest = new Map<string, EndedAttempt>();

  /** @param file the history, which need not be there */
  constructor(file: string) {
    this.#follower = new HistoryFollower(file);
  }

  /** Takes over what is new, and tells it. Throws what the file system throws. */
  async readNew(): Promise<HistoryNews> {
    const news = await this.#follower.readNew();
    if (news.isAnew) {
      this.#attempts = [];
      this.#latest = new Map();
    }
    for (const attempt of news.records) {
      this.#attempts.push(attempt);
      this.#latest.set(attempt.name, attempt);
    }
    return news;
  }

  /** All attempts, oldest first. */
  get attempts(): readonly EndedAttempt[] {
    return this.#attempts;
  }

  /** The last attempt of a job of this name. */
  latestOf(name: string): EndedAttempt | undefined {
    return this.#latest.get(name);
  }

  /** Every attempt of jobs of this name, newest first. */
  attemptsOf(name: string): EndedAttempt[] {
    return this.#attempts.filter((attempt) => attempt.name === name).reverse();
  }

  /** The end of one run. */
  endOf(run: string): EndedAttempt | undefined {
    return this.#attempts.findLast(({ runId }) => runId === run);
  }
}

const CHUNK_BYTES = 256 * 1024;
/** So much of what was read last is looked at again: a file made anew may have its forerunner's number. */
const SEAM_BYTES = 256;
const NEWLINE = 0x0a;

/** The news of the history since the last reading. */
interface HistoryNews {
  /** True where all that was told before no longer counts. */
  readonly isAnew: boolean;
  /** Oldest first. */
  readonly records: readonly EndedAttempt[];
}

/** Reads the history as it grows: each line once, in pieces, so that a long one never keeps the process from answering. */
export class HistoryFollower {
  readonly #file: string;
  #stamp = "";
  #identity = "";
  #offset = 0;
  /** The last bytes before the offset. */
  #seam: Buffer = Buffer.alloc(0);

  constructor(file: string) {
    this.#file = file;
  }

  /** Every whole line that is new; a last one without its end may still be being written. Throws what the file system throws. */
  async readNew(): Promise<HistoryNews> {
    await using handle = await openIfThere(this.#file);
    if (handle === undefined) return this.#nothing();
    const { size, dev, ino, mtimeMs } = await handle.stat();
    const stamp = `${dev}:${ino} ${size} ${mtimeMs}`;
    if (stamp === this.#stamp) return { isAnew: false, records: [] };
    const isAnew = !(await this.#continues(handle, `${dev}:${ino}`));
    if (isAnew) this.#startOver(`${dev}:${ino}`);
    const records = await this.#readTo(handle, size);
    this.#stamp = stamp;
    return { isAnew, records };
  }

  #nothing(): HistoryNews {
    const isAnew = this.#identity !== "";
    this.#startOver("");
    return { isAnew, records: [] };
  }

  #startOver(identity: string): void {
    this.#identity = identity;
    this.#stamp = "";
    this.#offset = 0;
    this.#seam = Buffer.alloc(0);
  }

  async #continues(handle: fs.FileHandle, identity: string): Promise<boolean> {
    if (identity !== this.#identity) return false;
    const { length } = this.#seam;
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, this.#offset - length);
    return bytesRead === length && buffer.equals(this.#seam);
  }

  async #readTo(handle: fs.FileHandle, size: number): Promise<EndedAttempt[]> {
    const records: EndedAttempt[] = [];
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(1, size - this.#offset)));
    let pending: Buffer = Buffer.alloc(0);
    for (let at = this.#offset; at < size; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const bytes = Buffer.concat([pending, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      pending = bytes.subarray(end);
      this.#offset = at - pending.length;
      if (end > 0) this.#seam = Buffer.from(bytes.subarray(Math.max(0, end - SEAM_BYTES), end));
      for (const line of bytes.toString("utf8", 0, end).split("\n")) {
        const record = parseRecord(line);
        if (record !== undefined) records.push(endedAttemptOf(record));
      }
    }
    return records;
  }
}

async function openIfThere(file: string): Promise<fs.FileHandle | undefined> {
  try {
    return await fs.open(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
