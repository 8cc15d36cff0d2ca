import { once } from "node:events";
import { addAbortSignal, Readable, Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { NotOpened } from "../../disk/held-folder.ts";
import { type FoundFile, type OpenedFile, readChunks } from "../../disk/job-files.ts";
import {
  type IsResult,
  relativePath,
  type Walked,
  type WalkedEntry,
  walkJob,
} from "../../queue/files/job-results.ts";
import type { JobPlace } from "./job-place.ts";
import { WrittenEntries, ZipNames, ZipNotes } from "./zip-names.ts";

/** The contents of a zip. */
export interface ZipOrder {
  readonly place: Pick<JobPlace, "name" | "folder">;
  /** Asked for once the zip has begun, as the answer may take a while. */
  readonly findWanted: () => Promise<IsResult>;
}

/**
 * Writes a zip of a job's folder, file by file, as fast as it is taken. Files that vanish, change or cannot be read
 * meanwhile are told in an entry of their own: the zip is whole in any case. Returns when all is written; when the output
 * is gone, when all is freed. Does not close the place.
 */
export async function writeZip(order: ZipOrder, output: Writable): Promise<void> {
  const zip = new ZipFile();
  const stop = new AbortController();
  const { signal } = stop;
  // The library reports its failures as an event; unheard, it ends the process.
  zip.once("error", () => stop.abort());
  // Whichever fails ends the other.
  await Promise.all([
    fill(order, new ZipFilling(zip, order.place.name, signal)).catch(() => stop.abort()),
    pipeline(zip.outputStream, output, { signal }).catch(() => stop.abort()),
  ]);
}

async function fill({ place, findWanted }: ZipOrder, filling: ZipFilling): Promise<void> {
  let isWanted: IsResult | undefined;
  for await (const met of walkJob(place.folder)) {
    if (met.kind === "unread") filling.note(met.segments, met.why);
    else if (met.kind === "folder" && met.segments.length === 0) await filling.addFolder(met);
    else {
      isWanted ??= await findWanted();
      if (met.kind === "entries") await filling.addEntries(met.entries, isWanted);
      else if (isWanted(relativePath(met.segments))) await filling.addFolder(met);
    }
  }
  filling.end();
}

type Segments = readonly Buffer[];

/** A wanted file of the job: read whole, still to be read as it is packed, or not to be had. */
type Wanted = { readonly segments: Segments } & (
  | {
      readonly kind: "read";
      readonly file: OpenedFile;
      readonly content: Buffer;
      readonly change: string | undefined;
    }
  | { readonly kind: "large"; readonly file: FoundFile }
  | { readonly kind: "missing"; readonly why: string }
);

/** Up to this size files are read whole, several at a time: a stream for each would cost more than its content. */
const SMALL_FILE_BYTES = 64 * 1024;
/** The size below which compressing gains next to nothing. */
const MIN_COMPRESSED_BYTES = 512;
/** A bit less than what a zip can tell in 32 bits, as packing may make a file longer. */
const PLAIN_FORMAT_BYTES = 0xfff0_0000;
const LAST_TIME_MS = 0x7fff_ffff * 1000;
const NOTES_NAME = Buffer.from("QM_not_included.txt");

/** Puts folders and files of a job into a zip, in the order in which they come, and notes what is missing of them. */
export class ZipFilling {
  readonly #zip: ZipFile;
  readonly #signal: AbortSignal;
  readonly #names: ZipNames;
  readonly #notes = new ZipNotes();
  readonly #written: WrittenEntries;

  /** @param signal when it aborts, whatever is being added throws */
  constructor(zip: ZipFile, jobName: Buffer, signal: AbortSignal) {
    this.#zip = zip;
    this.#signal = signal;
    this.#names = new ZipNames(jobName);
    this.#written = new WrittenEntries(zip);
  }

  /** Notes something that is not, or not whole, in the zip; `what` is a clause: "is a link". */
  note(segments: Segments, what: string): void {
    this.#notes.add(segments, what);
  }

  /** Returns when the output has room for more. */
  async addFolder({ segments, mtimeMs }: Extract<Walked, { kind: "folder" }>): Promise<void> {
    const name = this.#nameOf(segments);
    if (name === undefined) return;
    this.#zip.addEmptyDirectory(name, { mtime: zipTime(mtimeMs) });
    await this.#room();
  }

  /** Adds those of the entries that are wanted. Returns when the output has room for more. */
  async addEntries(entries: readonly WalkedEntry[], isWanted: IsResult): Promise<void> {
    const files = await Promise.all(entries.map((entry) => prepare(entry, isWanted)));
    for (const file of files) {
      this.#signal.throwIfAborted();
      if (file !== undefined) await this.#add(file);
    }
    this.#written.setAside();
  }

  /** Adds the notes and ends the zip. */
  end(): void {
    const missing = this.#notes.text();
    const name = this.#names.give([NOTES_NAME]);
    if (missing !== undefined && name !== undefined) this.#zip.addBuffer(Buffer.from(missing), name);
    this.#written.putBack();
    this.#zip.end();
  }

  async #add(wanted: Wanted): Promise<void> {
    const { segments } = wanted;
    if (wanted.kind === "missing") return this.note(segments, wanted.why);
    if (wanted.kind === "large") return await this.#addLarge(segments, wanted.file);
    const name = this.#nameOf(segments);
    if (name === undefined) return;
    const { content, change } = wanted;
    this.#zip.addBuffer(content, name, {
      ...entryOf(wanted.file),
      compress: content.length >= MIN_COMPRESSED_BYTES,
    });
    if (change !== undefined) this.note(segments, change);
    await this.#room();
  }

  async #addLarge(segments: Segments, found: FoundFile): Promise<void> {
    const opened = await found.open();
    if (opened.kind !== "file") return this.note(segments, whyMissing(opened));
    await using file = opened;
    const name = this.#nameOf(segments);
    if (name !== undefined) await this.#stream(segments, name, file);
  }

  async #stream(segments: Segments, name: string, file: OpenedFile): Promise<void> {
    let deliveredBytes = 0;
    const source = addAbortSignal(this.#signal, Readable.from(readQuietly(file)));
    source.on("data", (chunk: Buffer) => {
      deliveredBytes += chunk.length;
    });
    this.#zip.addReadStream(source, name, {
      ...entryOf(file),
      forceZip64Format: file.bytes >= PLAIN_FORMAT_BYTES,
    });
    await finished(source);
    const change = await changeOf(file, deliveredBytes);
    if (change !== undefined) this.note(segments, change);
  }

  #nameOf(segments: Segments): string | undefined {
    const name = this.#names.give(segments);
    if (name === undefined) this.note(segments, "has a path that is too long for a zip");
    return name;
  }

  // The library writes small entries at once, even where nobody takes them.
  async #room(): Promise<void> {
    const output = this.#zip.outputStream;
    if (output instanceof Writable && output.writableNeedDrain)
      await once(output, "drain", { signal: this.#signal });
  }
}

/** Undefined for what is not wanted: that costs one `lstat`. */
async function prepare({ segments, find }: WalkedEntry, isWanted: IsResult): Promise<Wanted | undefined> {
  const found = await find();
  if (!isWanted(relativePath(segments), found.kind === "found" ? found : undefined)) return undefined;
  if (found.kind !== "found") return { kind: "missing", segments, why: whyMissing(found) };
  return found.bytes > SMALL_FILE_BYTES
    ? { kind: "large", segments, file: found }
    : await read(segments, found);
}

async function read(segments: Segments, found: FoundFile): Promise<Wanted> {
  const opened = await found.open();
  if (opened.kind !== "file") return { kind: "missing", segments, why: whyMissing(opened) };
  await using file = opened;
  const chunks: Buffer[] = [];
  for await (const chunk of readQuietly(file)) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  return { kind: "read", segments, file, content, change: await changeOf(file, content.length) };
}

/** The bytes of a file as far as they can be had: {@link changeOf} tells of what is missing. */
async function* readQuietly(file: OpenedFile): AsyncGenerator<Buffer, void> {
  try {
    yield* readChunks(file);
  } catch {
    // An entry that has begun has to end.
  }
}

async function changeOf(file: OpenedFile, deliveredBytes: number): Promise<string | undefined> {
  const beginning = `only its first ${deliveredBytes} bytes are here`;
  if (deliveredBytes < file.bytes) return `became shorter or unreadable while it was read: ${beginning}`;
  const { size } = await file.handle.stat();
  return size > file.bytes ? `grew while it was read: ${beginning}` : undefined;
}

function whyMissing(found: { readonly kind: "folder" } | NotOpened): string {
  if (found.kind === "refused") return found.why;
  return found.kind === "absent" ? "has vanished" : "was replaced by a folder";
}

function entryOf({ mtimeMs, mode }: OpenedFile): { mtime: Date; mode: number } {
  return { mtime: zipTime(mtimeMs), mode: mode & 0o10_0777 };
}

/** A time that a zip can tell; the library breaks off at others. */
function zipTime(mtimeMs: number): Date {
  return new Date(Math.min(Math.max(mtimeMs, 0), LAST_TIME_MS));
}
