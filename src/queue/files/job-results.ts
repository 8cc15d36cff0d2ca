import type { Dir } from "node:fs";
import path from "node:path";
import { join } from "../../disk/held-folder.ts";
import { type JobFolder, type OpenedDirectory, readHead } from "../../disk/job-files.ts";
import { nameOf } from "../../disk/tree.ts";
import { parseJson } from "../../text/parse-json.ts";
import {
  givenInputs,
  inputsSchema,
  isAsListed,
  type JobInputs,
  MAX_INPUTS_BYTES,
} from "../books/job-inputs.ts";
import { isManagersOwn } from "../books/job-records.ts";
import { JOB_FILES } from "../layout.ts";
import { isRequestEntry } from "../request-files.ts";

/**
 * True for a thing in a job's folder that is one of its results, by its path, relative and in bytes, and, for a file, its
 * size and time.
 */
export type IsResult = (
  relative: Buffer,
  file?: { readonly bytes: number; readonly mtimeMs: number },
) => boolean;

/**
 * Tells what in a job's folder are its results: what it wrote, by the rule of `planClean`, what it changed, and the log
 * and the status text of its last run. Where nobody knows what lay there when it started, all that is not the
 * manager's counts. Throws what the file system throws.
 */
export async function resultsIn(folder: JobFolder): Promise<IsResult> {
  const inputs = await readInputs(folder);
  const given = inputs === undefined ? undefined : givenInputs(inputs);
  return (relative, file) => {
    const text = relative.toString("utf8");
    if (text === JOB_FILES.log || text === JOB_FILES.statusText) return true;
    if (isManagersOwn(text)) return false;
    if (file !== undefined && isRequestEntry({ path: relative, type: "file", bytes: file.bytes }))
      return false;
    const input = given?.get(relative.toString("latin1"));
    if (input === undefined) return true;
    return file !== undefined && !isAsListed(input, file);
  };
}

/** A path inside a job's folder as {@link IsResult} takes it. */
export function relativePath(segments: readonly Buffer[]): Buffer {
  return segments.reduce((folder, name) => join(folder, name));
}

// The job may have put anything there: it is opened like every other of its files.
async function readInputs(folder: JobFolder): Promise<JobInputs | undefined> {
  const opened = await folder.open(JOB_FILES.inputs.split(path.sep).map((name) => Buffer.from(name)));
  if (opened.kind !== "file") return undefined;
  await using file = opened;
  if (file.bytes > MAX_INPUTS_BYTES) return undefined;
  return parseJson(inputsSchema, (await readHead(file, MAX_INPUTS_BYTES)).toString("utf8"));
}

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
