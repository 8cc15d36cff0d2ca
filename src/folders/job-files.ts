import fs, { type Dir } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type Listing, listFolder, openDirectory } from "./folder-listing.ts";
import {
  checkStep,
  type HeldFolder,
  type HoldFolder,
  type NotOpened,
  refuseUnless,
  whyNotOpened,
} from "./held-folder.ts";
import { handlesHaveNames, holdByHandle } from "./hold-by-handle.ts";
import { holdByPath } from "./hold-by-path.ts";

/** A regular file inside a job's folder, open for reading; whoever asked for it closes it. */
export interface OpenedFile {
  readonly kind: "file";
  readonly handle: FileHandle;
  /** The size when it was opened. */
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** What a path inside a job's folder leads to. */
export type Opened = OpenedFile | ({ readonly kind: "folder" } & Listing) | NotOpened;

/** A folder of any size, to be read name by name, the names in bytes; whoever asked for it closes it. */
type OpenedDirectory =
  | { readonly kind: "directory"; readonly directory: Dir; readonly mtimeMs: number }
  | NotOpened;

/** A job's folder, held open: a job that moves on meanwhile stays readable. Whoever opened it closes it. */
export interface JobFolder {
  /** Opens a file or lists a folder; no segments: the job's folder itself. Throws nothing. */
  open(segments: readonly Buffer[]): Promise<Opened>;
  /** Opens a folder to walk on through it. Throws nothing. */
  openDirectory(segments: readonly Buffer[]): Promise<OpenedDirectory>;
  close(): Promise<void>;
}

/** Deeper than this nothing is opened: the cost of a walk grows with every level. */
const MAX_DEPTH = 128;

/** Holds a folder, by its descriptor where that has a name. */
export const holdFolder: HoldFolder = handlesHaveNames ? holdByHandle : holdByPath;

/**
 * Opens the folder of a job whose files strangers have put there: nothing outside of it can be reached through what
 * is returned, neither by names nor by links nor by swapping one for the other meanwhile. Undefined where there is
 * no such folder; a link to one is none.
 */
export async function openJobFolder(
  folder: Buffer,
  holdRoot: HoldFolder = holdFolder,
): Promise<JobFolder | undefined> {
  const root = await holdRoot(folder).catch(() => undefined);
  if (root === undefined) return undefined;
  return {
    open: (segments) => outcome(() => openAt(root, segments)),
    openDirectory: (segments) => outcome(() => within(root, segments, directoryOf)),
    close: () => root.close(),
  };
}

async function outcome<T>(act: () => Promise<T>): Promise<T | NotOpened> {
  try {
    return await act();
  } catch (error) {
    return whyNotOpened(error);
  }
}

function openAt(root: HeldFolder, segments: readonly Buffer[]): Promise<Opened> {
  const name = segments.at(-1);
  if (name === undefined) return list(root);
  return within(root, segments.slice(0, -1), (parent) => openIn(parent, name, root.owner));
}

/** Acts in a folder below the root while all on the way to it is held. */
async function within<T>(
  root: HeldFolder,
  segments: readonly Buffer[],
  act: (folder: HeldFolder) => Promise<T>,
): Promise<T> {
  refuseUnless(segments.length < MAX_DEPTH, `lies more than ${MAX_DEPTH} folders deep`);
  let at = root;
  try {
    for (const segment of segments) {
      const parent = at;
      at = await parent.enter(segment);
      if (parent !== root) await parent.close();
    }
    return await act(at);
  } finally {
    if (at !== root) await at.close();
  }
}

async function openIn(parent: HeldFolder, name: Buffer, owner: number): Promise<Opened> {
  const { path, stats } = await checkStep(parent, name);
  if (stats.isDirectory()) return within(parent, [name], list);
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  try {
    const opened = await handle.stat();
    checkOpened(opened, owner);
    await parent.confirm({ path, seen: stats, opened });
    return { kind: "file", handle, bytes: opened.size, mtimeMs: opened.mtimeMs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

// Between the look at it and the opening it may have been swapped: what counts is what was opened.
function checkOpened(opened: fs.Stats, owner: number): void {
  refuseUnless(opened.isFile(), "is no regular file");
  // Somebody may have linked the file of another owner here to have the manager read it out.
  refuseUnless(opened.nlink <= 1 || opened.uid === owner, "is a hard link to a file of another owner");
}

async function list(folder: HeldFolder): Promise<Opened> {
  const listing = await listFolder(folder.path);
  await folder.confirm();
  return { kind: "folder", ...listing };
}

async function directoryOf(folder: HeldFolder): Promise<OpenedDirectory> {
  const { mtimeMs } = await folder.stat();
  const directory = await openDirectory(folder.path);
  try {
    await folder.confirm();
    return { kind: "directory", directory, mtimeMs };
  } catch (error) {
    await directory.close();
    throw error;
  }
}
