import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../disk/durable.ts";
import { readRegularFile } from "../disk/safe-read.ts";
import { letterFolders, letterNames, readLetter } from "../mail/letter-files.ts";
import type { StoredLetter } from "../mail/stored-letter.ts";
import { parseJson } from "../text/parse-json.ts";

/** Between two letters to `Mail_Admin` about what could not be delivered. */
const ANNOUNCE_GAP_MS = 3_600_000;
const MAX_BYTES = 64 * 1024 * 1024;
const FILE_MODE = 0o600;

const toldSchema = z.array(z.string());

/**
 * The undelivered letters of an outbox of which `Mail_Admin` was not told yet, at most once an hour. A file names those that
 * were told, so that a restart neither forgets nor repeats any.
 */
export class UndeliveredNews {
  readonly #folder: string;
  readonly #toldFile: string;
  #announcedMs = Number.NEGATIVE_INFINITY;
  #mayHaveNews = true;
  #listed: readonly string[] = [];

  constructor(outbox: string) {
    this.#folder = letterFolders(outbox).undelivered;
    this.#toldFile = path.join(outbox, "undelivered-told.json");
  }

  /** A letter was put aside. */
  noteNew(): void {
    this.#mayHaveNews = true;
  }

  /**
   * The letters that are to be announced now, on the monotonic clock; none when it is too early. Only such about a job: letters
   * to `Mail_Admin` about letters to `Mail_Admin` would never end. Throws what the file system throws.
   */
  due(nowMs: number): readonly StoredLetter[] {
    if (!this.#mayHaveNews || nowMs - this.#announcedMs < ANNOUNCE_GAP_MS) return [];
    this.#listed = letterNames(this.#folder);
    const told = this.#told();
    const letters = this.#listed.filter((name) => !told.has(name)).flatMap((name) => this.#jobLetter(name));
    this.#mayHaveNews = letters.length > 0;
    return letters;
  }

  /** Writes down, durably, that all that was due has been announced. Throws what the file system throws. */
  noteAnnounced(nowMs: number): void {
    this.#announcedMs = nowMs;
    writeFileDurably(this.#toldFile, JSON.stringify(this.#listed), FILE_MODE);
    this.#mayHaveNews = false;
  }

  #told(): ReadonlySet<string> {
    const read = readRegularFile(this.#toldFile, MAX_BYTES);
    return new Set(read.kind === "read" ? parseJson(toldSchema, read.bytes.toString("utf8")) : []);
  }

  #jobLetter(name: string): StoredLetter[] {
    const found = readLetter(path.join(this.#folder, name));
    return found.kind === "letter" && found.letter.about === "job"
      ? [{ ...found.letter, text: "", html: "" }]
      : [];
  }
}
