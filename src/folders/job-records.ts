import fs from "node:fs";
import path from "node:path";
import { type JobRecord, parseRecord } from "../core/record.ts";
import { writeFileAtomically, writeFileDurably } from "../files/durable.ts";
import { readRegularFile } from "../files/safe-read.ts";
import { JOB_FILES } from "./layout.ts";
import { statusText } from "./status-text.ts";
import { walkTree } from "./tree.ts";

const MAX_RECORD_BYTES = 1024 * 1024;

/** The record in a job's folder, from its latest attempt; undefined when there is none that can be read. */
export function readJobRecord(jobFolder: string): JobRecord | undefined {
  const read = readRegularFile(path.join(jobFolder, JOB_FILES.record), MAX_RECORD_BYTES);
  return read.kind === "read" ? parseRecord(read.bytes.toString("utf8")) : undefined;
}

/**
 * Writes the record of a job that is about to start. Not synced: after a power cut the attempt's own records tell.
 * Throws what the file system throws.
 */
export function writeStartRecord(jobFolder: string, record: JobRecord): void {
  ensureRecordFolder(jobFolder);
  writeFileAtomically(path.join(jobFolder, JOB_FILES.record), recordText(record));
}

/** Writes the last record of a job, for programs and for people, durably. Throws what the file system throws. */
export function writeEndRecord(jobFolder: string, record: JobRecord): void {
  ensureRecordFolder(jobFolder);
  writeFileDurably(path.join(jobFolder, JOB_FILES.record), recordText(record));
  writeFileDurably(path.join(jobFolder, JOB_FILES.statusText), statusText(record));
}

function recordText(record: JobRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** What lay in a job's folder when it started. Paths that are not UTF-8 are given as Latin-1 with `latin1: true`. */
export interface JobInputs {
  readonly version: 1;
  readonly entries: readonly InputEntry[];
}

interface InputEntry {
  readonly path: string;
  readonly latin1?: true;
  readonly type: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** Writes down what lies in the folder, the manager's own files left out; not synced, as {@link writeStartRecord}. */
export function writeInputs(jobFolder: string): void {
  ensureRecordFolder(jobFolder);
  const entries = [...walkTree(jobFolder)]
    .map(({ path: relative, type, bytes, mtimeMs }) => ({ ...pathAsText(relative), type, bytes, mtimeMs }))
    .filter((entry) => !isManagersOwn(entry.path));
  const inputs: JobInputs = { version: 1, entries };
  writeFileAtomically(path.join(jobFolder, JOB_FILES.inputs), JSON.stringify(inputs));
}

/** What lay in the folder when the job started, as written by {@link writeInputs}; undefined when unknown. */
export function readInputs(jobFolder: string): JobInputs | undefined {
  const read = readRegularFile(path.join(jobFolder, JOB_FILES.inputs), Number.POSITIVE_INFINITY);
  if (read.kind !== "read") return undefined;
  try {
    return JSON.parse(read.bytes.toString("utf8")) as JobInputs;
  } catch {
    return undefined;
  }
}

/** Whether a path inside a job's folder is the manager's: its records, the status text, the log. */
export function isManagersOwn(relative: string): boolean {
  return (
    relative === JOB_FILES.recordFolder ||
    relative.startsWith(`${JOB_FILES.recordFolder}/`) ||
    relative === JOB_FILES.statusText ||
    /^process(\.\d+)?\.log$/.test(relative)
  );
}

// A link or a file of the name `.qm` in a stranger's folder would lead the records elsewhere: it is put aside.
function ensureRecordFolder(jobFolder: string): void {
  const folder = path.join(jobFolder, JOB_FILES.recordFolder);
  const found = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) fs.renameSync(folder, unusedName(jobFolder));
  fs.mkdirSync(folder);
}

function unusedName(jobFolder: string): string {
  for (let number = 1; ; number += 1) {
    const candidate = path.join(jobFolder, `.qm.${number}`);
    if (fs.lstatSync(candidate, { throwIfNoEntry: false }) === undefined) return candidate;
  }
}

function pathAsText(relative: Buffer): { path: string; latin1?: true } {
  const text = relative.toString("utf8");
  if (Buffer.from(text, "utf8").equals(relative)) return { path: text };
  return { path: relative.toString("latin1"), latin1: true };
}
