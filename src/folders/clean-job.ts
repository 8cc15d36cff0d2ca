import fs from "node:fs";
import path from "node:path";
import { type JobInput, type JobInputs, pathKey } from "./job-inputs.ts";
import { isManagersOwn } from "./job-records.ts";
import { type TreeEntry, walkTree } from "./tree.ts";

/** What lies in a job's folder compared with what lay there when it started. Paths are relative, in bytes. */
export interface CleanPlan {
  /** Inputs that are gone or have changed: the job cannot start from them again. */
  readonly spoiled: readonly string[];
  /** What the job wrote, folders after what lies in them. */
  readonly written: readonly Buffer[];
}

/**
 * Finds what a job wrote into its folder, in earlier attempts too; the manager's own files are left out.
 * @param finishedAt when its last attempt ended, ISO 8601: what is newer somebody has put in by hand, and stays
 */
export function planClean(jobFolder: string, inputs: JobInputs, finishedAt?: string): CleanPlan {
  const listed = inputs.entries.filter(({ earlier }) => earlier !== true);
  const before = new Map(listed.map((entry) => [pathKey(entry), entry]));
  const isByHand = newerThan(finishedAt);
  const unlisted: TreeEntry[] = [];
  const spoiled: string[] = [];
  const kept = [...before.keys()];
  for (const entry of walkTree(jobFolder)) {
    const key = entry.path.toString("latin1");
    const input = before.get(key);
    before.delete(key);
    if (isManagersOwn(entry.path.toString("utf8"))) continue;
    if (input === undefined) unlisted.push(entry);
    else if (input.type !== entry.type || hasChanged(input, entry)) spoiled.push(input.path);
    if (input === undefined && entry.type !== "folder" && isByHand(entry)) kept.push(key);
  }
  const needed = new Set([...kept, ...foldersOf(kept)]);
  return {
    spoiled: [...spoiled, ...[...before.values()].map(({ path: gone }) => gone)],
    written: unlisted
      .map(({ path: relative }) => relative)
      .filter((relative) => !needed.has(relative.toString("latin1")))
      .reverse(),
  };
}

// A copy may keep an old mtime; the ctime cannot be set. An end is told in whole milliseconds.
function newerThan(finishedAt: string | undefined): (entry: TreeEntry) => boolean {
  const endMs = Date.parse(finishedAt ?? "");
  return ({ mtimeMs, ctimeMs }) => Math.floor(Math.max(mtimeMs, ctimeMs)) > endMs;
}

/** The folders that {@link cleanJob} takes something out of, absolute, each once. */
export function foldersToWriteIn(jobFolder: string, { written }: CleanPlan): Buffer[] {
  const parents = written.map((relative) => relative.subarray(0, Math.max(0, relative.lastIndexOf("/"))));
  const distinct = new Map(parents.map((parent) => [parent.toString("latin1"), parent]));
  return [...distinct.values()].map((parent) => Buffer.concat([Buffer.from(jobFolder + path.sep), parent]));
}

/** Removes what the job wrote. Throws what the file system throws; can be repeated. */
export function cleanJob(jobFolder: string, { written }: CleanPlan): void {
  for (const relative of written) {
    const file = Buffer.concat([Buffer.from(jobFolder + path.sep), relative]);
    if (fs.lstatSync(file).isDirectory()) fs.rmdirSync(file);
    else fs.unlinkSync(file);
  }
}

/** Every folder on the way to one of these paths: a result itself, it may hold what somebody has put in by hand. */
function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const inner of paths) {
    for (let at = inner.lastIndexOf("/"); at > 0; at = inner.lastIndexOf("/", at - 1))
      folders.add(inner.slice(0, at));
  }
  return folders;
}

type Look = Pick<JobInput, "type" | "bytes" | "mtimeMs">;

// A folder's own times change whenever something is written into it.
function hasChanged(before: Look, now: Look): boolean {
  return before.type !== "folder" && (before.bytes !== now.bytes || before.mtimeMs !== now.mtimeMs);
}
