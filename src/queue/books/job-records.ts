import fs from "node:fs";
import path from "node:path";
import { writeFileAtomically } from "../../disk/durable.ts";
import { FileBatch } from "../../disk/file-batch.ts";
import { readLogTail, readRegularFile, readRegularText } from "../../disk/safe-read.ts";
import { type EntryLook, walkTree } from "../../disk/tree.ts";
import { factsOfRecord, listFacts } from "../../job/facts.ts";
import { type JobRecord, lastRunEnd, parseRecord, recordsIn } from "../../job/record.ts";
import { causesOf, wordOf } from "../../job/words.ts";
import { escapeControls } from "../../text/escape.ts";
import { localTime } from "../../text/local-time.ts";
import { parseJson } from "../../text/parse-json.ts";
import { makeRecordRoom } from "../access.ts";
import { addStatus, isIgorFile } from "../igor-file.ts";
import { JOB_FILES, type Layout } from "../layout.ts";
import { isRequestEntry } from "../request-files.ts";
import {
  inputsSchema,
  type JobInput,
  type JobInputs,
  MAX_INPUTS_BYTES,
  marksOfEarlier,
  pathToText,
} from "./job-inputs.ts";

const MAX_RECORD_BYTES = 1024 * 1024;

/** The record in a job's folder, from its latest attempt; undefined when there is none that can be read. */
export function readJobRecord(jobFolder: string): JobRecord | undefined {
  return parseRecord(readRegularText(path.join(jobFolder, JOB_FILES.record), MAX_RECORD_BYTES));
}

/**
 * As {@link readJobRecord}, for decisions that hang on it, such as the number of the next attempt. Throws where the disk, or
 * a lack of handles, keeps it from being read: there may be one.
 */
export function readJobRecordOrThrow(jobFolder: string): JobRecord | undefined {
  const read = readRegularFile(path.join(jobFolder, JOB_FILES.record), MAX_RECORD_BYTES);
  if (read.kind === "refused" && read.isTrouble) throw new Error(`${JOB_FILES.record} ${read.why}`);
  return read.kind === "read" ? parseRecord(read.bytes.toString("utf8")) : undefined;
}

/**
 * The record of a job that lies among those that have ended: the one in its folder or, where that says that the job
 * still runs, the line that the history has of the same attempt. Undefined when neither tells how it ended: then
 * somebody has put the folder there by hand.
 */
export function readEndRecord(layout: Pick<Layout, "history">, jobFolder: string): JobRecord | undefined {
  const record = readJobRecord(jobFolder);
  if (record?.state !== "running") return record;
  return readRecentHistory(layout.history).find(({ runId }) => runId === record.runId);
}

/**
 * Writes the record of a job that is about to start. Not synced: after a power cut the attempt's own records tell.
 * Throws what the file system throws.
 */
export function writeStartRecord(jobFolder: string, record: JobRecord): void {
  makeRecordRoom(jobFolder);
  writeFileAtomically(path.join(jobFolder, JOB_FILES.record), recordText(record));
}

/**
 * Writes the last record of a job, for programs and for people, and its state into an info file in Igor's form, as part of a batch.
 * Throws what the file system throws.
 */
export function addEndRecord(batch: FileBatch, jobFolder: string, record: JobRecord): void {
  makeRecordRoom(jobFolder);
  batch.replace(path.join(jobFolder, JOB_FILES.record), recordText(record));
  batch.replace(path.join(jobFolder, JOB_FILES.statusText), statusText(record));
  addStatus(batch, jobFolder, record);
}

/** As {@link addEndRecord}, by itself and durable at once. */
export function writeEndRecord(jobFolder: string, record: JobRecord): void {
  using batch = new FileBatch();
  addEndRecord(batch, jobFolder, record);
  batch.commitNow();
}

function recordText(record: JobRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/**
 * Writes down what lies in the folder, the manager's own files left out; not synced, as {@link writeStartRecord}.
 * Entries that an earlier attempt wrote are marked, so that `planClean` knows them for results, and an info file whose `Status` the
 * manager itself will change.
 */
export function writeInputs(jobFolder: string, infoFile?: string): void {
  makeRecordRoom(jobFolder);
  const rewritten = isIgorFile(jobFolder, infoFile) ? infoFile : undefined;
  const isEarlier = marksOfEarlier(readInputs(jobFolder), lastRunEnd(readJobRecord(jobFolder)));
  const entries = [...walkTree(jobFolder, isJobsOwn)].filter(isJobsOwn).map((entry): JobInput => {
    const { path: relative, type, bytes, mtimeMs } = entry;
    const earlier = isEarlier(entry) ? { earlier: true as const } : {};
    const named = pathToText(relative);
    const status = named.path === rewritten ? { status: true as const } : {};
    return { ...named, type, bytes, mtimeMs, ...earlier, ...status };
  });
  const inputs: JobInputs = { version: 1, entries };
  writeFileAtomically(path.join(jobFolder, JOB_FILES.inputs), JSON.stringify(inputs));
}

/**
 * The list that {@link writeInputs} has written; undefined when unknown. The job may have changed it: trust none of its
 * paths.
 */
export function readInputs(jobFolder: string): JobInputs | undefined {
  return parseJson(inputsSchema, readRegularText(path.join(jobFolder, JOB_FILES.inputs), MAX_INPUTS_BYTES));
}

/** True where there is anything for {@link readInputs} to read. */
export function hasInputs(jobFolder: string): boolean {
  return fs.existsSync(path.join(jobFolder, JOB_FILES.inputs));
}

/** True for a path inside a job's folder that is the manager's: its records, the status text, the log. */
export function isManagersOwn(relative: string): boolean {
  return (
    relative === JOB_FILES.recordFolder ||
    relative.startsWith(`${JOB_FILES.recordFolder}/`) ||
    relative === JOB_FILES.statusText ||
    /^process(\.\d+)?\.log$/.test(relative)
  );
}

/** True for what lies in a job's folder and is neither the manager's nor a request. */
export function isJobsOwn(entry: EntryLook): boolean {
  return !isManagersOwn(entry.path.toString("utf8")) && !isRequestEntry(entry);
}

/** The text of `QM_status.txt`: a record for people, with times as this machine's clock on the wall shows them. */
export function statusText(record: JobRecord): string {
  const rows = rowsOf(record).flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [`${`${label}:`.padEnd(15)}${escapeControls(value)}`],
  );
  return `${wordOf(record).toUpperCase()}  ${escapeControls(record.name)}\n\n${reasonLines(record)}\n${rows.join("\n")}\n`;
}

function reasonLines(record: JobRecord): string {
  return causesOf(record)
    .map((line) => `${escapeControls(line)}\n`)
    .join("");
}

function rowsOf(record: JobRecord): [label: string, value: string | undefined][] {
  const { priority: _p, size: _s, killedBy: _k, mailTo: _m, ...facts } = factsOfRecord(record);
  const { description, owner, script, ...others } = facts;
  const peakMemory = { ...others.peakMemory, text: megabytes(record.peakMemoryBytes) };
  const rows = listFacts({ description, owner, script, ...others, peakMemory });
  return rows.map(({ label, text, at }) => [label, text ?? localTime(at)]);
}

function megabytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The last ended attempts within the last `maxBytes` of the history, newest first; lines cut or torn are passed over. */
export function readRecentHistory(file: string, maxBytes = 256 * 1024): JobRecord[] {
  const tail = readLogTail(file, maxBytes)?.toString("utf8") ?? "";
  return recordsIn(tail.split("\n")).reverse();
}
