import { randomUUID } from "node:crypto";
import { chmod, rename, rmdir, unlink } from "node:fs/promises";
import { codeOrText, errorCode, isDenied } from "./error-code.ts";
import { type HeldFolder, holdFolder, join } from "./held-folder.ts";
import { nameOf, openDirectory } from "./tree.ts";

/** An emptying under way. */
interface Emptying {
  readonly trash: HeldFolder;
  readonly signal: AbortSignal;
}

/** So many folders inside each other are held open at once. */
const MAX_DEPTH = 64;

const NEVER = new AbortController().signal;

/**
 * Removes what lies in the trash, one file after another, so that everybody else has a turn in between: links
 * themselves and never what they lead to, though somebody swaps folders for links meanwhile. Tells what it could not
 * remove, and why. Ends early at the signal; another emptying at the same time does no harm. Throws nothing.
 */
export async function emptyTrash(trashFolder: string, signal: AbortSignal) {
  await using trash = await holdFolder(Buffer.from(trashFolder)).catch(() => undefined);
  // Without a folder nothing has been deleted yet.
  return trash === undefined ? [] : await emptyHeld({ trash, signal });
}

/**
 * Removes a folder with all that is in it, however deep, as {@link emptyTrash} does; one that is not there is removed already.
 * Throws what the file system throws; then a part of it is left.
 */
export async function removeTree(folder: string): Promise<void> {
  const path = Buffer.from(folder);
  try {
    await removeAllIn(path);
    await rmdir(path);
  } catch (error) {
    // Whoever empties the trash at the same time was faster.
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

async function removeAllIn(path: Buffer): Promise<void> {
  await using trash = await permitted(path, () => holdFolder(path));
  await emptyOut({ trash, signal: NEVER }, trash, 0);
}

// Some file systems pass over names while others are removed; what lay too deep comes up at the top, for the next round.
async function emptyOut(emptying: Emptying, held: HeldFolder, depth: number): Promise<void> {
  while ((await removeContent(emptying, held, undefined, depth)) > 0);
}

async function emptyHeld(emptying: Emptying) {
  const left = new Map<string, string>();
  try {
    // Folders that lay too deep come up here, for the next round.
    while ((await removeContent(emptying, emptying.trash, left)) > 0) left.clear();
  } catch (error) {
    if (!emptying.signal.aborted) left.set("", codeOrText(error));
  }
  return [...left].map(([name, why]) => ({ name, why }));
}

/** Gives how many things it has removed; what stays is noted where that is wanted, else thrown. */
async function removeContent(
  emptying: Emptying,
  held: HeldFolder,
  left: Map<string, string> | undefined,
  depth = 0,
): Promise<number> {
  let removed = 0;
  for await (const entry of await openDirectory(held.path)) {
    emptying.signal.throwIfAborted();
    const name = nameOf(entry);
    try {
      if (entry.isDirectory()) await removeFolder(emptying, held, name, depth);
      else await permitted(held.path, () => unlink(join(held.path, name)));
      removed += 1;
    } catch (error) {
      if (emptying.signal.aborted) throw error;
      // Somebody else has removed it.
      if (errorCode(error) === "ENOENT") continue;
      if (left === undefined) throw error;
      left.set(name.toString(), codeOrText(error));
    }
  }
  return removed;
}

async function removeFolder(
  emptying: Emptying,
  parent: HeldFolder,
  name: Buffer,
  depth: number,
): Promise<void> {
  const path = join(parent.path, name);
  if (depth === MAX_DEPTH) {
    const higher = join(emptying.trash.path, Buffer.from(randomUUID()));
    return await permitted(path, () => permitted(parent.path, () => rename(path, higher)));
  }
  await emptyInside(emptying, parent, name, depth + 1);
  await permitted(parent.path, () => rmdir(path));
}

async function emptyInside(
  emptying: Emptying,
  parent: HeldFolder,
  name: Buffer,
  depth: number,
): Promise<void> {
  await using held = await permitted(join(parent.path, name), () => parent.enter(name));
  await emptyOut(emptying, held, depth);
}

/** Acts, if need be after giving the folder in question back its owner's rights. */
async function permitted<T>(folder: Buffer, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isDenied(errorCode(error))) throw error;
    await chmod(folder, 0o700);
    return await act();
  }
}
