import fs from "node:fs";
import path from "node:path";
import type { JobInputs } from "./job-records.ts";
import { isManagersOwn } from "./job-records.ts";
import { walkTree } from "./tree.ts";

/** What lies in a job's folder compared with what lay there when it started. Paths are relative, in bytes. */
export interface CleanPlan {
  /** Inputs that are gone or have changed: the job cannot start from them again. */
  readonly spoiled: readonly string[];
  /** What the job wrote, folders after what lies in them. */
  readonly written: readonly Buffer[];
}

/** Finds what a job wrote into its folder, the manager's own files left out. */
export function planClean(jobFolder: string, inputs: JobInputs): CleanPlan {
  const before = new Map(inputs.entries.map((entry) => [keyOf(entry.path, entry.latin1), entry]));
  const written: Buffer[] = [];
  const spoiled: string[] = [];
  for (const entry of walkTree(jobFolder)) {
    const key = entry.path.toString("latin1");
    const input = before.get(key);
    before.delete(key);
    if (isManagersOwn(entry.path.toString("utf8"))) continue;
    if (input === undefined) written.push(entry.path);
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

type Look = Pick<JobInputs["entries"][number], "type" | "bytes" | "mtimeMs">;

// A folder's own times change whenever something is written into it.
function hasChanged(before: Look, now: Look): boolean {
  return before.type !== "folder" && (before.bytes !== now.bytes || before.mtimeMs !== now.mtimeMs);
}

function keyOf(relative: string, latin1: true | undefined): string {
  return latin1 === true ? relative : Buffer.from(relative, "utf8").toString("latin1");
}
