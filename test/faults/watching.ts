import fs from "node:fs";
import type { TestQueue } from "../support/test-queue.ts";

/** The folders of which a manager wants to hear at once. */
export function watchedFolders({ layout }: TestQueue): string[] {
  return [layout.root, layout.queue, layout.running];
}

/** True if a process watches all these folders as they are now; one made again is another than before. */
export function isWatching(pid: number, folders: readonly string[]): boolean {
  const watched = watchedInodes(pid);
  return folders.every((folder) => watched.has(inodeOf(folder)));
}

function inodeOf(folder: string): number {
  return fs.statSync(folder, { throwIfNoEntry: false })?.ino ?? 0;
}

// A line of `/proc/PID/fdinfo/N` is `inotify wd:1 ino:8a05 sdev:800011 mask:fc6 …`, its numbers hexadecimal.
function watchedInodes(pid: number): ReadonlySet<number> {
  const handles = fs.readdirSync(`/proc/${pid}/fdinfo`);
  return new Set(handles.flatMap((handle) => inodesIn(`/proc/${pid}/fdinfo/${handle}`)));
}

function inodesIn(file: string): number[] {
  try {
    const found = fs.readFileSync(file, "utf8").matchAll(/^inotify wd:\w+ ino:([0-9a-f]+) /gm);
    return [...found].map(([, inode = ""]) => Number.parseInt(inode, 16));
  } catch {
    // Closed since it was listed.
    return [];
  }
}
