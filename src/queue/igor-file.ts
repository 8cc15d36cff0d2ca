import fs from "node:fs";
import path from "node:path";
import { writeFileAtomically } from "../disk/durable.ts";
import { ifThere, isNoRoom } from "../disk/error-code.ts";
import type { FileBatch } from "../disk/file-batch.ts";
import { igorJobOf, withStatus } from "../formats/igor.ts";
import { infoTextAsUtf8 } from "../formats/info-text.ts";
import { isIgnoredName } from "../job/names.ts";
import type { JobRecord } from "../job/record.ts";
import { readInfoBytes } from "./info-bytes.ts";

/** True for a name that the file of a job in Igor's form may have. */
function isJsonName(name: string): boolean {
  return /\.json$/i.test(name) && !isIgnoredName(name);
}

/** More files of such names than these are data. */
const MAX_FILES = 8;

/**
 * The name of the one file in Igor's form in a job's folder, of several the one that is called as the folder is; undefined where there is
 * none. Throws where the disk, or a lack of handles, keeps it from being told.
 */
export function igorFileIn(jobFolder: string): string | undefined {
  const names = (ifThere(() => fs.readdirSync(jobFolder)) ?? []).filter(isJsonName);
  if (names.length > MAX_FILES) return undefined;
  const found = names.filter((name) => isIgorFile(jobFolder, name));
  const own = `${path.basename(jobFolder)}.json`;
  return found.length === 1 ? found[0] : found.find((name) => name === own);
}

/** True for an info file in Igor's form. Throws where the disk, or a lack of handles, keeps it from being read. */
export function isIgorFile(jobFolder: string, infoFile: string | undefined): boolean {
  const text = readText(jobFolder, infoFile);
  return text !== undefined && igorJobOf(text) !== undefined;
}

/** Writes a job's state into its info file, where that is in Igor's form. Throws what the file system throws. */
export function writeStatus(jobFolder: string, { infoFile = "", state }: StatusOf): void {
  const text = textWithStatus(jobFolder, { infoFile, state });
  const file = path.join(jobFolder, infoFile);
  if (text !== undefined) writeFileAtomically(file, text, modeOf(file));
}

/** As {@link writeStatus}, as part of a batch. Keeps no job from ending but where there is no room, as its record does too. */
export function addStatus(batch: FileBatch, jobFolder: string, { infoFile = "", state }: StatusOf): void {
  try {
    const text = textWithStatus(jobFolder, { infoFile, state });
    const file = path.join(jobFolder, infoFile);
    if (text !== undefined) batch.replace(file, text, modeOf(file));
  } catch (error) {
    if (isNoRoom(error)) throw error;
  }
}

type StatusOf = Pick<JobRecord, "infoFile" | "state">;

function textWithStatus(jobFolder: string, { infoFile, state }: StatusOf): string | undefined {
  const text = readText(jobFolder, infoFile);
  return text === undefined ? undefined : withStatus(text, state);
}

// The job may have removed it, or put anything in its place.
function readText(jobFolder: string, infoFile: string | undefined): string | undefined {
  if (infoFile === undefined || !isJsonName(infoFile)) return undefined;
  const read = readInfoBytes(jobFolder, infoFile);
  if (read.kind === "refused" && read.isTrouble) throw new Error(`${infoFile} ${read.why}`);
  return read.kind === "read" ? infoTextAsUtf8(read.bytes, infoFile) : undefined;
}

function modeOf(file: string): number {
  return fs.lstatSync(file).mode & 0o777;
}
