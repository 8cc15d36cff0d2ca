import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { createFile, syncFolder, writeFileDurably } from "../../disk/durable.ts";
import { openFile } from "../../disk/open-file.ts";
import { childEndSchema } from "../../job/spread.ts";
import { parseJson } from "../../text/parse-json.ts";
import { tryOr } from "../../text/try-or.ts";
import { readRecordText } from "./attempt-marks.ts";

const childNoteSchema = z.object({
  version: z.literal(1),
  /** The name that the child has, or is just being given. */
  name: z.string(),
  /** The hidden name of its copy in the queue; it has landed once nothing lies there. */
  copy: z.string(),
  /** By which its folder is known again under another name. */
  identity: z.string(),
  end: childEndSchema.exactOptional(),
});

/** The manager's note of one child of a job that runs on all workers: its copy was whole, and is made no second time. */
export type ChildNote = z.infer<typeof childNoteSchema>;

/** The place of such a note: the attempt's folder, and the number of the child there. */
export interface ChildPlace {
  readonly folder: string;
  readonly at: number;
}

/**
 * The note of a child; undefined before its copy was whole, and where the note itself was cut short, as nothing follows from it before it is
 * on disk. Throws where that cannot be told: a second copy would run it twice.
 */
export function readChildNote(place: ChildPlace): ChildNote | undefined {
  const file = fileOf(place);
  const text = readRecordText(file);
  if (text === undefined || isCutShort(text)) return undefined;
  const note = parseJson(childNoteSchema, text);
  if (note === undefined) throw new Error(`${file} is no note of a child`);
  return note;
}

/** Writes the first note of a child, durably. Throws what the file system throws; EEXIST where another manager has written one meanwhile. */
export function createChildNote(place: ChildPlace, note: ChildNote): void {
  const file = fileOf(place);
  const torn = readRecordText(file);
  if (torn !== undefined && isCutShort(torn)) fs.unlinkSync(file);
  createFile(file, JSON.stringify(note), 0o600);
  using created = openFile(file, "r+");
  fs.fsyncSync(created.handle);
  syncFolder(place.folder);
}

/** Writes the note of a child anew, durably. Throws what the file system throws. */
export function writeChildNote(place: ChildPlace, note: ChildNote): void {
  writeFileDurably(fileOf(place), JSON.stringify(note), 0o600);
}

function isCutShort(text: string): boolean {
  return tryOr(() => JSON.parse(text) === undefined, true);
}

function fileOf({ folder, at }: ChildPlace): string {
  return path.join(folder, `child.${at}.json`);
}
