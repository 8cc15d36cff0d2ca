import fs from "node:fs";
import { atDeepPath } from "../../disk/held-folder.ts";
import { type TreeEntry, walkTree } from "../../disk/tree.ts";
import { givenInputs, isAsListed, type JobInput, type JobInputs, touchedMs } from "../books/job-inputs.ts";
import { isJobsOwn } from "../books/job-records.ts";

/** The content of a job's folder compared with that at its start. Paths are relative, in bytes. */
export interface CleanPlan {
  /** Inputs that are gone or have changed: the job cannot start from them again. */
  readonly spoiled: readonly string[];
  /** The files and folders that the job wrote, folders after what lies in them. */
  readonly written: readonly Buffer[];
  /** Folders that could not be looked into, so that nobody knows what lies there. */
  readonly unreadable: readonly Buffer[];
}

/**
 * Finds what a job wrote into its folder, in earlier attempts too; the manager's own files are left out.
 * @param endedAt when it last stopped running, ISO 8601, by the folder's own clock: what is newer somebody has put in by hand, and stays
 */
export function planClean(jobFolder: string, inputs: JobInputs, endedAt?: string): CleanPlan {
  return sortOut(inputs, [...walkTree(jobFolder)], Date.parse(endedAt ?? ""));
}

function sortOut(inputs: JobInputs, entries: readonly TreeEntry[], endMs: number): CleanPlan {
  const given = givenInputs(inputs);
  const present = new Set(entries.map(keyOf));
  const gone = [...given].filter(([key]) => !present.has(key)).map(([, { path: relative }]) => relative);
  const ofJob = entries.filter(isJobsOwn);
  const unlisted = ofJob.filter((entry) => !given.has(keyOf(entry)));
  const byHand = unlisted.filter((entry) => entry.type !== "folder" && touchedMs(entry) > endMs);
  const kept = [...given.keys(), ...byHand.map(keyOf)];
  const needed = new Set([...kept, ...foldersOf(kept)]);
  const written = unlisted.filter((entry) => !needed.has(keyOf(entry)));
  return {
    spoiled: [...changed(given, ofJob), ...gone],
    written: written.map(({ path: relative }) => relative).reverse(),
    unreadable: ofJob.flatMap(({ path: relative, type }) => (type === "unreadable" ? [relative] : [])),
  };
}

// A folder's own times change whenever something is written into it.
function changed(given: ReadonlyMap<string, JobInput>, entries: readonly TreeEntry[]): string[] {
  return entries.flatMap((entry) => {
    const input = given.get(keyOf(entry));
    if (input === undefined) return [];
    const isSame = input.type === entry.type && (input.type === "folder" || isAsListed(input, entry));
    return isSame ? [] : [input.path];
  });
}

function keyOf(entry: TreeEntry): string {
  return entry.path.toString("latin1");
}

/** The folders that {@link cleanJob} takes something out of, relative, each once; the job's own is empty. */
export function foldersToWriteIn({ written }: CleanPlan): Buffer[] {
  const parents = written.map((relative) => relative.subarray(0, Math.max(0, relative.lastIndexOf("/"))));
  return [...new Map(parents.map((parent) => [parent.toString("latin1"), parent])).values()];
}

/** Removes what the job wrote. Throws what the file system throws; can be repeated. */
export function cleanJob(jobFolder: string, { written }: CleanPlan): void {
  for (const relative of written) atDeepPath(Buffer.from(jobFolder), relative, removeOne);
}

function removeOne(file: Buffer): void {
  if (fs.lstatSync(file).isDirectory()) fs.rmdirSync(file);
  else fs.unlinkSync(file);
}

// All parents of these paths. A folder that the job made is kept if somebody put a file into it.
function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const inner of paths) {
    for (let at = inner.lastIndexOf("/"); at > 0; at = inner.lastIndexOf("/", at - 1))
      folders.add(inner.slice(0, at));
  }
  return folders;
}
