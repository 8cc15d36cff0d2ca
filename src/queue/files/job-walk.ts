import type { Dir } from "node:fs";
import type { JobFolder, OpenedDirectory } from "../../disk/job-files.ts";
import { nameOf } from "../../disk/tree.ts";

/** One thing met on a walk through a job's files; segments as {@link JobFolder.open} takes them. */
export type Walked =
  | { readonly kind: "folder"; readonly segments: readonly Buffer[]; readonly mtimeMs: number }
  | { readonly kind: "entries"; readonly entries: readonly WalkedEntry[] }
  | { readonly kind: "unread"; readonly segments: readonly Buffer[]; readonly why: string };

/** A file, or something that will turn out to be none when it is found. */
export interface WalkedEntry {
  readonly segments: readonly Buffer[];
  /** As {@link OpenedDirectory.find}; until the walk goes on. */
  readonly find: () => ReturnType<OpenedDirectory["find"]>;
}

/** So many entries are handed over at once: enough to keep the disk busy. */
const MAX_ENTRIES = 16;

/**
 * Everything in a job's folder, the folder itself first and every folder before what lies in it, in no further order;
 * links are not followed. Each is looked for when it is asked for, so that a walk may take as long as it likes.
 */
export async function* walkJob(folder: JobFolder): AsyncGenerator<Walked, void> {
  const pending: (readonly Buffer[])[] = [[]];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const opened = await folder.openDirectory(at);
    if (opened.kind !== "directory") {
      yield { kind: "unread", segments: at, why: opened.kind === "refused" ? opened.why : "has vanished" };
      continue;
    }
    await using directory = opened;
    try {
      yield { kind: "folder", segments: at, mtimeMs: directory.mtimeMs };
      for await (const { folders, files } of listed(directory.names)) {
        for (const name of folders) pending.push([...at, name]);
        yield { kind: "entries", entries: files.map((name) => entryOf(directory, at, name)) };
      }
    } catch {
      yield { kind: "unread", segments: at, why: "could be read in part only" };
    }
  }
}

function entryOf(directory: OpenedDirectory, at: readonly Buffer[], name: Buffer): WalkedEntry {
  return { segments: [...at, name], find: () => directory.find(name) };
}

async function* listed(names: Dir): AsyncGenerator<{ folders: Buffer[]; files: Buffer[] }, void> {
  let lot = { folders: [] as Buffer[], files: [] as Buffer[] };
  for (let entry = await names.read(); entry !== null; entry = await names.read()) {
    (entry.isDirectory() ? lot.folders : lot.files).push(nameOf(entry));
    if (lot.files.length < MAX_ENTRIES) continue;
    yield lot;
    lot = { folders: [], files: [] };
  }
  yield lot;
}
