import fs from "node:fs";
import path from "node:path";
import type { JobRecord } from "../job/record.ts";
import { isFailure } from "../job/words.ts";
import { readJobRecord, readRecentHistory } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";

const SHOWN_OF_EACH = 5;
/** Renamed folders are looked for among so many at most that the recent history does not name. */
const MAX_UNNAMED = 500;

/** The jobs that ended lately and are still there. */
export interface RecentEnds {
  readonly shown: readonly JobRecord[];
  /** More of each kind, as far as the end of the history tells. */
  readonly moreDone: number;
  readonly moreFailed: number;
}

/**
 * The last few that are done, that were killed and that failed, newest first, whose folders are still there. The job in a
 * folder is told by its own record, as it may have been renamed since, or have taken the place of another.
 */
export function recentEnds(layout: Layout): RecentEnds {
  const history = readRecentHistory(layout.history);
  const named = new Map(history.toReversed().map((end) => [end.name, end]));
  const shown: JobRecord[] = [];
  const more: JobRecord[] = [];
  let renamed: ReadonlyMap<string, JobRecord> | undefined;
  for (const end of history) {
    if (named.get(end.name) !== end) continue;
    const folder = folderOf(layout, end.name);
    if (!hasRoomFor(end, shown)) {
      if (folder !== undefined) more.push(end);
      continue;
    }
    if (folder === undefined) renamed ??= unnamedEnds(layout, named);
    const record = folder === undefined ? renamed?.get(end.runId) : recordIn(folder, end, history);
    if (record !== undefined && hasRoomFor(record, shown)) shown.push(record);
  }
  const count = (kind: string) => more.filter(({ state }) => kindOf(state) === kind).length;
  return { shown, moreDone: count("done"), moreFailed: count("failure") };
}

function hasRoomFor({ state }: JobRecord, shown: readonly JobRecord[]): boolean {
  return shown.filter((one) => kindOf(one.state) === kindOf(state)).length < SHOWN_OF_EACH;
}

function kindOf(state: JobRecord["state"]): string {
  return isFailure(state) ? "failure" : state;
}

function folderOf(layout: Layout, name: string): string | undefined {
  return [layout.finished, layout.lost]
    .map((stage) => path.join(stage, name))
    .find((one) => fs.existsSync(one));
}

// Undefined for a folder that was put there by hand while its job ran.
function recordIn(folder: string, end: JobRecord, history: readonly JobRecord[]): JobRecord | undefined {
  const own = readJobRecord(folder) ?? end;
  const record = own.state === "running" ? history.find(({ runId }) => runId === own.runId) : own;
  return record === undefined ? undefined : { ...record, name: end.name };
}

/** The records, by run, in folders whose names the recent history does not have; none where there are too many. */
function unnamedEnds(layout: Layout, named: ReadonlyMap<string, JobRecord>): Map<string, JobRecord> {
  const found = new Map<string, JobRecord>();
  for (const stage of [layout.finished, layout.lost]) {
    for (const name of unnamedIn(stage, named)) {
      const record = readJobRecord(path.join(stage, name));
      if (record !== undefined) found.set(record.runId, { ...record, name });
    }
  }
  return found;
}

// Read bit by bit, as a stage can be long.
function unnamedIn(stage: string, named: ReadonlyMap<string, JobRecord>): string[] {
  if (!fs.existsSync(stage)) return [];
  const unnamed: string[] = [];
  const folder = fs.opendirSync(stage);
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      if (!named.has(entry.name)) unnamed.push(entry.name);
      if (unnamed.length > MAX_UNNAMED) return [];
    }
    return unnamed;
  } finally {
    folder.closeSync();
  }
}
