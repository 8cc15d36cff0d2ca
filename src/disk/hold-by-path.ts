import type fs from "node:fs";
import { lstat } from "node:fs/promises";
import { checkFolderStep, type HeldFolder, refuseUnless, type Step } from "./held-folder.ts";

/**
 * Holds a folder by remembering what every folder on the way was: after each act the way is looked at again. For
 * systems on which an open folder has no name: who swaps folders to and fro may slip through. Throws what the file system throws.
 */
export async function holdByPath(path: Buffer): Promise<HeldFolder> {
  const stats = await lstat(path);
  refuseUnless(stats.isDirectory(), "is no folder");
  return heldAt([{ path, stats }], { path, stats });
}

function heldAt(way: readonly Step[], { path, stats }: Step): HeldFolder {
  return {
    path,
    owner: stats.uid,
    stat: async () => stats,
    enter: async (segment) => {
      const step = await checkFolderStep({ path }, segment);
      return heldAt([...way, step], step);
    },
    confirm: async (file) => {
      await checkWay(way);
      if (file === undefined) return;
      const now = await lstat(file.path);
      refuseUnless(
        [file.seen, now].every((stats) => isSame(stats, file.opened)),
        "was replaced while it was opened",
      );
      await checkWay(way);
    },
    close: async () => {},
  };
}

async function checkWay(way: readonly Step[]): Promise<void> {
  for (const { path, stats } of way) {
    refuseUnless(isSame(stats, await lstat(path)), "lies in a folder that was replaced");
  }
}

function isSame(before: fs.Stats, now: fs.Stats): boolean {
  return before.dev === now.dev && before.ino === now.ino && before.mode === now.mode;
}
