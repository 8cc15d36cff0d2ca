import fs from "node:fs";
import path from "node:path";
import { type JobInput, type JobInputs, pathKey } from "./job-inputs.ts";
import { isManagersOwn } from "./job-records.ts";
import { walkTree } from "./tree.ts";

/** What lies in a job's folder compared with what lay there when it started. Paths are relative, in bytes. */
export interface CleanPlan {
  /** Inputs that are gone or have changed: the job cannot start from them again. */
  readonly spoiled: readonly string[];
  /** What the job wrote, folders after what lies in them. */
  readonly written: readonly Buffer[];
}

/** Finds what a job wrote into its folder, in earlier attempts too; the manager's own files are left out. */
export function planClean(jobFolder: string, inputs: JobInputs): CleanPlan {
  const listed = inputs.entries.filter(({ earlier }) => earlier !== true);
  const before = new Map(listed.map((entry) => [pathKey(entry), entry]));
  const needed = foldersOf(before.keys());
  const written: Buffer[] = [];
  const spoiled: string[] = [];
  for (const entry of walkTree(jobFolder)) {
    const key = entry.path.toString("latin1");
    const input = before.get(key);
    before.delete(key);
    if (isManagersOwn(entry.path.toString("utf8"))) continue;
    if (input === undefined && !needed.has(key)) written.push(entry.path);
    else if (input === undefined) continue;
    else if (input.type !== entry.type || hasChanged(input, entry)) spoiled.push(input.path);
  }
  return {
    spoiled: [...spoiled, ...[...before.values()].map(({ path: gone }) => gone)],
    written: written.reverse(),
  };
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
