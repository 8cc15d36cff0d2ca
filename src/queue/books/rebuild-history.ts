import fs from "node:fs";
import path from "node:path";
import { syncFolder } from "../../disk/durable.ts";
import { soleWritersNameOf } from "../../disk/temporary-file.ts";
import type { JobRecord } from "../../job/record.ts";
import { listJobNames } from "../shelves.ts";
import { readJobRecord } from "./job-records.ts";

/** Where an ended attempt can be read again; its record is not kept, as there may be a hundred thousand. */
interface Found {
  readonly folder: string;
  readonly finishedAtMs: number;
}

/**
 * Writes a history anew from the records of the ended jobs that lie in `folders`, by when they ended: the last attempt
 * of each. All of it appears at once or nothing. Returns the number of attempts; without any no file is made.
 * Throws what the file system throws.
 */
export function rebuildHistory(file: string, folders: readonly string[]): number {
  const found = folders.flatMap(findEnded).sort((a, b) => a.finishedAtMs - b.finishedAtMs);
  if (found.length === 0) return 0;
  const temporary = soleWritersNameOf(file);
  try {
    const count = writeLines(temporary, found);
    fs.renameSync(temporary, file);
    syncFolder(path.dirname(file));
    return count;
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function findEnded(shelf: string): Found[] {
  return listJobNames(shelf).flatMap((name) => {
    const folder = path.join(shelf, name);
    const record = readEnded(folder);
    return record === undefined ? [] : [{ folder, finishedAtMs: finishedAtMs(record) }];
  });
}

// A copy of a finished folder holds the record of the same attempt, which has one line.
function writeLines(file: string, found: readonly Found[]): number {
  const runIds = new Set<string>();
  const handle = fs.openSync(file, "w", 0o644);
  try {
    for (const { folder } of found) {
      const record = readEnded(folder);
      if (record === undefined || runIds.has(record.runId)) continue;
      runIds.add(record.runId);
      fs.writeFileSync(handle, `${JSON.stringify(record)}\n`);
    }
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  return runIds.size;
}

function readEnded(folder: string): JobRecord | undefined {
  const record = readJobRecord(folder);
  return record?.state === "running" ? undefined : record;
}

function finishedAtMs({ finishedAt }: JobRecord): number {
  const ms = Date.parse(finishedAt ?? "");
  return Number.isNaN(ms) ? 0 : ms;
}
