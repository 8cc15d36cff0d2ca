import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { replaceBySpare, syncFolder, writeFileAtomically, writeFileDurably } from "../../disk/durable.ts";
import { isNoRoom, isThere } from "../../disk/error-code.ts";
import { currentBootId } from "../../disk/machine.ts";
import { readRecordBytes } from "../../disk/safe-read.ts";
import { type EndIntent, endIntentSchema, parseShortEndIntent, shortEndIntent } from "../../job/launch.ts";
import { type LeftNote, leftNoteSchema } from "../../job/left-processes.ts";
import { parseJson } from "../../text/parse-json.ts";

const VERIFIED_FILE = "verified";
const SPAWNING_FILE = "spawning";
const END_FILE = "end.json";
const LEFT_FILE = "left.json";

/** File systems keep a link of this length in its inode (ext4: 60 bytes with the end). */
const INLINE_LINK_BYTES = 59;

/** No record of an attempt is longer. */
export const MAX_RECORD_BYTES = 1_000_000;

/** Marks that the claimed folder is the one that was admitted. */
export function markVerified(attemptFolder: string): void {
  fs.writeFileSync(path.join(attemptFolder, VERIFIED_FILE), "");
}

/** True once the claimed folder was seen to be the one that was admitted. Throws where that cannot be told. */
export function isVerified(attemptFolder: string): boolean {
  return isThere(path.join(attemptFolder, VERIFIED_FILE));
}

/**
 * Marks that in this run of the machine a shim is about to be spawned, and in which PID namespace. The caller syncs the attempt's
 * folder, and those that the job was moved between.
 */
export function markSpawning(attemptFolder: string, bootId: string, pidNamespace: string): void {
  writeFileAtomically(path.join(attemptFolder, SPAWNING_FILE), `${bootId} ${pidNamespace}`, 0o600);
}

/**
 * True where a shim may have been spawned before the machine was last started. A power cut may leave the mark without its
 * text. Throws where that cannot be told.
 */
export function mayHaveSpawnedBefore(attemptFolder: string, bootId: string): boolean {
  const mark = readRecordText(path.join(attemptFolder, SPAWNING_FILE));
  return mark !== undefined && mark.split(" ")[0] !== bootId;
}

/** The PID namespace in which a shim may have been spawned; undefined where the mark does not tell. Throws as the above. */
export function spawnedIn(attemptFolder: string): string | undefined {
  return readRecordText(path.join(attemptFolder, SPAWNING_FILE))?.split(" ")[1];
}

/**
 * Puts the decision to end a run on disk; the first decision stands. A job that fills the disk must be ended now: there the
 * decision is written over the spare file that its supervisor has made. Where that is missing, or the file system gives what is
 * written over new room, it is the text of a link, which needs an inode alone.
 */
export function recordEnd(attemptFolder: string, intent: EndIntent): void {
  if (readEnd(attemptFolder) !== undefined) return;
  const file = path.join(attemptFolder, END_FILE);
  const text = JSON.stringify(intent);
  try {
    writeFileDurably(file, text, 0o600);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    if (!replaceBySpare(file, `${file}.spare`, text)) linkShortly(file, intent);
    syncFolder(attemptFolder);
  }
}

function linkShortly(file: string, intent: EndIntent): void {
  fs.rmSync(file, { force: true });
  fs.symlinkSync(shortEndIntent(intent, INLINE_LINK_BYTES), file);
}

/** The moment of a decision that is taken now, as the record of it has that. */
export function decidedNow() {
  return { version: 1 as const, bootId: currentBootId(), atUptimeSeconds: os.uptime() };
}

/** The decision to end a run, if there is one. Throws where that cannot be told. */
export function readEnd(attemptFolder: string): EndIntent | undefined {
  const file = path.join(attemptFolder, END_FILE);
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    return parseShortEndIntent(fs.readlinkSync(file));
  return parseJson(endIntentSchema, readRecordText(file) ?? "");
}

/** Puts on disk which processes are about to be ended behind a command that has ended. Throws what the file system throws. */
export function writeLeft(attemptFolder: string, note: LeftNote): void {
  writeFileDurably(path.join(attemptFolder, LEFT_FILE), JSON.stringify(note), 0o600);
}

/** The processes noted as left running, if any are. Throws where that cannot be told. */
export function readLeft(attemptFolder: string): LeftNote | undefined {
  return parseJson(leftNoteSchema, readRecordText(path.join(attemptFolder, LEFT_FILE)) ?? "");
}

/** A record's text, as {@link readRecordBytes}. */
export function readRecordText(file: string): string | undefined {
  return readRecordBytes(file, MAX_RECORD_BYTES)?.toString("utf8");
}
