import fs from "node:fs";
import { ifThere, isAbsence, isTrouble } from "./error-code.ts";
import { networkFileSystem } from "./file-system.ts";
import { openFile } from "./open-file.ts";
import { STRANGERS_FILE } from "./safe-read.ts";

/** True for the file systems that other machines may write to as well, as far as they have been asked, by device number. */
export const SHARED_DEVICES = new Map<number, boolean>();

/**
 * The stats of what lies at a path, a link not followed; undefined where nothing does. On a network mount a file or a folder is opened
 * for them: NFS shows by their path what they were up to a minute ago. Throws what the file system throws.
 */
export function lookNow(place: string | Buffer): fs.Stats | undefined {
  const found = fs.lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined || !(found.isFile() || found.isDirectory())) return found;
  return isShared(place, found) ? lookOpened(place, found) : found;
}

/** The stats of a folder, as {@link lookNow} has them, a link followed. Throws what the file system throws, ENOENT too. */
export function folderNow(folder: string): fs.Stats {
  const found = fs.statSync(folder);
  if (!isShared(folder, found)) return found;
  using opened = openFile(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  return fs.fstatSync(opened.handle);
}

/**
 * Has looks at paths in a folder tell what other machines have put there or taken away. On a network mount it is listed: until then
 * NFS may hide for half a minute what was missing before. Throws what the file system throws.
 */
export function refreshNames(folder: string): void {
  const found = fs.statSync(folder, { throwIfNoEntry: false });
  if (found !== undefined && isShared(folder, found)) ifThere(() => fs.readdirSync(folder));
}

function isShared(place: string | Buffer, { dev }: fs.Stats): boolean {
  const known = SHARED_DEVICES.get(dev);
  if (known !== undefined) return known;
  const shared = networkFileSystem(place) !== undefined;
  SHARED_DEVICES.set(dev, shared);
  return shared;
}

function lookOpened(place: string | Buffer, found: fs.Stats): fs.Stats | undefined {
  try {
    using opened = openFile(place, STRANGERS_FILE);
    return fs.fstatSync(opened.handle);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    if (isTrouble(error)) throw error;
    // Closed to this user, or locked by another.
    return found;
  }
}
