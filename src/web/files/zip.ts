import { once } from "node:events";
import { addAbortSignal, Readable, Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { OpenedFile } from "../../folders/job-files.ts";
import type { IsResult } from "../../folders/job-results.ts";
import { walkJob } from "../../folders/job-walk.ts";
import { readChunks } from "../../folders/read-opened.ts";
import type { JobPlace } from "./job-place.ts";
import { ZipNames } from "./zip-names.ts";
import { ZipNotes } from "./zip-notes.ts";

/** What goes into a zip. */
export interface ZipOrder {
  readonly place: Pick<JobPlace, "name" | "folder">;
  readonly isWanted: IsResult;
}

/** A zip in the making. */
interface Filling extends ZipOrder {
  readonly zip: ZipFile;
  readonly names: ZipNames;
  readonly notes: ZipNotes;
  readonly signal: AbortSignal;
}

/** A bit less than what a zip can tell in 32 bits, as packing may make a file longer. */
const PLAIN_FORMAT_BYTES = 0xfff0_0000;
const LAST_TIME_MS = 0x7fff_ffff * 1000;
const NOTES_NAME = Buffer.from("QM_not_included.txt");

/**
 * Writes a zip of a job's folder, file by file, as fast as it is taken. What vanishes, changes or cannot be read
 * meanwhile is told in an entry of its own: the zip is whole in any case. Returns when all is written; when the output
 * is gone, when all is freed. Does not close the place.
 */
export async function writeZip(order: ZipOrder, output: Writable): Promise<void> {
  const zip = new ZipFile();
  const stop = new AbortController();
  const { signal } = stop;
  const filling = { ...order, zip, names: new ZipNames(order.place.name), notes: new ZipNotes(), signal };
  // The library reports what it cannot do as an event, which nobody may leave unheard.
  zip.once("error", () => stop.abort());
  // Whichever fails ends the other.
  await Promise.all([
    fill(filling).catch(() => stop.abort()),
    pipeline(zip.outputStream, output, { signal }).catch(() => stop.abort()),
  ]);
}

async function fill(filling: Filling): Promise<void> {
  const { zip, place, isWanted, names, notes, signal } = filling;
  for await (const met of walkJob(place.folder)) {
    signal.throwIfAborted();
    if (met.kind === "unread") notes.add(met.segments, met.why);
    else if (met.kind === "entry") await addEntry(filling, met.segments);
    else if (met.segments.length === 0 || isWanted(relativePath(met.segments)))
      await addFolder(filling, met.segments, met.mtimeMs);
  }
  const missing = notes.text();
  const name = names.give([NOTES_NAME]);
  if (missing !== undefined && name !== undefined) zip.addBuffer(Buffer.from(missing), name);
  zip.end();
}

async function addFolder(filling: Filling, segments: readonly Buffer[], mtimeMs: number): Promise<void> {
  const { zip, names, notes, signal } = filling;
  const name = names.give(segments);
  if (name === undefined) return notes.add(segments, "has a path that is too long for a zip");
  zip.addEmptyDirectory(name, { mtime: zipTime(mtimeMs) });
  await roomIn(zip.outputStream, signal);
}

async function addEntry(filling: Filling, segments: readonly Buffer[]): Promise<void> {
  const { place, notes, isWanted } = filling;
  const opened = await place.folder.open(segments);
  const path = relativePath(segments);
  if (opened.kind !== "file" && !isWanted(path)) return;
  if (opened.kind === "absent") return notes.add(segments, "has vanished");
  if (opened.kind === "refused") return notes.add(segments, opened.why);
  if (opened.kind === "folder") return notes.add(segments, "was replaced by a folder");
  try {
    if (isWanted(path, opened)) await addFile(filling, segments, opened);
  } finally {
    await opened.handle.close();
  }
}

async function addFile(filling: Filling, segments: readonly Buffer[], file: OpenedFile): Promise<void> {
  const { zip, names, notes, signal } = filling;
  const name = names.give(segments);
  if (name === undefined) return notes.add(segments, "has a path that is too long for a zip");
  const { mode } = await file.handle.stat();
  const delivered = { bytes: 0 };
  const source = addAbortSignal(signal, Readable.from(readQuietly(file, delivered)));
  zip.addReadStream(source, name, {
    mtime: zipTime(file.mtimeMs),
    mode: mode & 0o10_0777,
    forceZip64Format: file.bytes >= PLAIN_FORMAT_BYTES,
  });
  await finished(source);
  const change = await changeOf(file, delivered.bytes);
  if (change !== undefined) notes.add(segments, change);
}

// The entry has begun: whatever becomes of the file, it has to end.
async function* readQuietly(file: OpenedFile, delivered: { bytes: number }): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of readChunks(file)) {
      delivered.bytes += chunk.length;
      yield chunk;
    }
  } catch {
    // The missing bytes are reported below.
  }
}

async function changeOf(file: OpenedFile, deliveredBytes: number): Promise<string | undefined> {
  const beginning = `only its first ${deliveredBytes} bytes are here`;
  if (deliveredBytes < file.bytes) return `became shorter or unreadable while it was read: ${beginning}`;
  const { size } = await file.handle.stat();
  return size > file.bytes ? `grew while it was read: ${beginning}` : undefined;
}

// Entries without content are written at once, whether or not anybody takes them.
async function roomIn(output: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> {
  if (output instanceof Writable && output.writableNeedDrain) await once(output, "drain", { signal });
}

/** A time that a zip can tell; the library breaks off at others. */
function zipTime(mtimeMs: number): Date {
  return new Date(Math.min(Math.max(mtimeMs, 0), LAST_TIME_MS));
}

function relativePath(segments: readonly Buffer[]): Buffer {
  const slash = Buffer.from("/");
  return Buffer.concat(segments.flatMap((segment, at) => (at === 0 ? [segment] : [slash, segment])));
}
