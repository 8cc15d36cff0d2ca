import fs from "node:fs";
import path from "node:path";
import { syncFolder, writeFileAtomically, writeFileDurably } from "../disk/durable.ts";
import { errorCode, fileStamp, ifThere, isThere } from "../disk/error-code.ts";
import { FileBatch } from "../disk/file-batch.ts";
import { letterName } from "../job/letter.ts";
import { tryOr } from "../text/try-or.ts";
import {
  type FoundLetter,
  letterFolders,
  letterNames,
  readLetter,
  type StoredLetter,
} from "./stored-letter.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

interface Known {
  /** In their order. */
  readonly names: Set<string>;
  readonly ids: Set<string>;
}

/**
 * The letters that wait, one file each, named by when they were written and what they are. Only the names are kept in
 * memory, oldest first.
 */
export class Outbox {
  readonly folder: string;
  /** The letters that could not be delivered. */
  readonly undelivered: SideFolder;
  /** The files that were no letters. */
  readonly strange: SideFolder;
  #known: Known | undefined;
  readonly #sinceMs = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
    const { undelivered, strange } = letterFolders(folder);
    this.undelivered = new SideFolder(undelivered);
    this.strange = new SideFolder(strange);
  }

  /** Looks anew at what lies there, the next time that somebody wants to know. */
  reload(): void {
    this.#known = undefined;
  }

  /** The letters that wait, oldest first. Throws what the file system throws. */
  get names(): ReadonlySet<string> {
    return this.#look().names;
  }

  /** Since when a letter is known to wait, on the monotonic clock; now, if it is not known. */
  knownSinceMs(name: string): number {
    return this.#sinceMs.get(name) ?? performance.now();
  }

  /** Puts a letter in, durably; the same again changes nothing. Throws what the file system throws. */
  post(letter: StoredLetter): void {
    using batch = new FileBatch();
    this.postIn(batch, letter);
    batch.commitNow();
  }

  /** As `post`, as part of a batch: durable once that is. */
  postIn(batch: FileBatch, letter: StoredLetter): void {
    const known = this.#look();
    if (known.ids.has(letter.id) && this.#isWhole(letter.id)) return;
    const name = letterName(letter);
    this.#create(batch, name, textOf(letter));
    known.names.add(name);
    known.ids.add(letter.id);
    this.#noteWaiting(name);
  }

  /** Reads a letter that waits. */
  read(name: string): FoundLetter {
    return readLetter(path.join(this.folder, name));
  }

  /**
   * Writes down who is still to get a letter; one that was dropped meanwhile stays dropped. Throws what the file system
   * throws.
   */
  save(name: string, letter: StoredLetter): void {
    const file = path.join(this.folder, name);
    if (isThere(file)) writeFileAtomically(file, textOf(letter), FILE_MODE);
  }

  /** Takes a letter out that everybody has got. Throws what the file system throws. */
  remove(name: string): void {
    fs.rmSync(path.join(this.folder, name), { force: true });
    this.forget(name);
  }

  /** Keeps a letter apart that somebody will not get. Throws what the file system throws. */
  giveUp(name: string, letter: StoredLetter): void {
    writeFileDurably(this.undelivered.fileFor(name), textOf(letter), FILE_MODE);
    this.remove(name);
  }

  /** Keeps a file apart that is no letter. Throws what the file system throws. */
  putAside(name: string): void {
    fs.renameSync(path.join(this.folder, name), this.strange.fileFor(name));
    syncFolder(this.folder);
    this.forget(name);
  }

  /** Forgets a letter whose file somebody has taken away. */
  forget(name: string): void {
    this.#known?.names.delete(name);
    this.#sinceMs.delete(name);
    this.#known?.ids.delete(idOf(name));
  }

  // Made when it is missing, which is hardly ever.
  #create(batch: FileBatch, name: string, text: string): void {
    const file = path.join(this.folder, name);
    try {
      batch.create(file, text, FILE_MODE);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      makeFolder(this.folder);
      batch.create(file, text, FILE_MODE);
    }
  }

  // A power cut may have left a name without a letter.
  #isWhole(id: string): boolean {
    return [...this.names].some((name) => idOf(name) === id && this.read(name).kind === "letter");
  }

  #look(): Known {
    if (this.#known === undefined) {
      const names = letterNames(this.folder);
      this.#known = { names: new Set(names), ids: new Set(names.map(idOf)) };
      for (const name of names) this.#noteWaiting(name);
    }
    return this.#known;
  }

  #noteWaiting(name: string): void {
    this.#sinceMs.set(name, this.knownSinceMs(name));
  }
}

function textOf(letter: StoredLetter): string {
  return `${JSON.stringify(letter)}\n`;
}

function idOf(name: string): string {
  return name.slice(name.lastIndexOf("-") + 1, -".json".length);
}

// Only where the folder above is there: where that is gone the queue's mount may be away.
function makeFolder(folder: string): void {
  if (!isThere(folder)) fs.mkdirSync(folder, { mode: FOLDER_MODE });
}

/** A folder for what is not to be sent; its files are counted anew when it has changed. */
class SideFolder {
  readonly #folder: string;
  #stamp = "";
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path of a file of this name; the folder is made when it is missing. Throws what the file system throws. */
  fileFor(name: string): string {
    for (const each of [path.dirname(this.#folder), this.#folder]) makeFolder(each);
    return path.join(this.#folder, name);
  }

  /** The files that are there now; none where there is no folder, and as many as last time where it cannot be read. */
  count(): number {
    tryOr(() => this.#look(), undefined);
    return this.#count;
  }

  #look(): void {
    const stamp = fileStamp(this.#folder);
    if (stamp === this.#stamp) return;
    const names = ifThere(() => fs.readdirSync(this.#folder)) ?? [];
    this.#count = names.filter((name) => !name.startsWith(".")).length;
    this.#stamp = stamp;
  }
}
