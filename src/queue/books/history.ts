import fs from "node:fs";
import path from "node:path";
import { DurableLines, soleWritersNameOf, syncFolder } from "../../disk/durable.ts";
import { isThere } from "../../disk/error-code.ts";
import { openFile } from "../../disk/open-file.ts";
import { readTail as readTailOf } from "../../disk/safe-read.ts";
import { type JobRecord, recordsIn } from "../../job/record.ts";
import { tryOr } from "../../text/try-or.ts";
import { listJobNames } from "../stages.ts";
import { readJobRecord } from "./job-records.ts";

/**
 * The part of the history in which a repeated finish looks for its own line: more than could be written between a crash and
 * the next pass.
 */
const TAIL_BYTES = 1024 * 1024;

/** The source from which a history that was deleted is made anew. */
export interface HistorySource {
  /** The folders of ended jobs, with their records in them. */
  readonly folders: readonly string[];
  /** Told how many attempts were found. */
  readonly tell: (attempts: number) => void;
}

/** Called right before lines are added; what it throws is told to those who add them. */
type Consent = () => void;

/**
 * The accounting log: one line for every attempt that has ended, kept when the folder is deleted. Where it is missing
 * itself, it is rebuilt from the folders that are there.
 */
export class History {
  readonly #file: string;
  readonly #source: HistorySource | undefined;
  readonly #lines: DurableLines;
  #recentRunIds = new Set<string>();

  constructor(file: string, source?: HistorySource, consent: Consent = () => undefined) {
    this.#file = file;
    this.#source = source;
    // A missing history is rebuilt right before a line is added: otherwise the new file would hold that line alone.
    this.#lines = new DurableLines(file, () => {
      consent();
      this.#keep();
    });
    // A full disk must not keep a manager from starting: it is tried again before the next line is added.
    tryOr(() => this.#rebuildIfMissing(), false);
    this.#readRecent();
  }

  /** The last lines, oldest first: they may tell of jobs whose last steps were cut short by a crash. */
  recent(): JobRecord[] {
    return readTail(this.#file, TAIL_BYTES);
  }

  /**
   * True where an attempt that has just ended has its line already. Rebuilds a history that is missing first. Throws what the
   * file system throws.
   */
  has({ runId }: Pick<JobRecord, "runId">): boolean {
    this.#keep();
    return this.#recentRunIds.has(runId);
  }

  /** The end of an attempt by its line, however long ago; undefined where it has none. Throws what the file system throws. */
  async find(runId: string): Promise<JobRecord | undefined> {
    this.#keep();
    return this.recent().find((record) => record.runId === runId) ?? (await findLine(this.#file, runId));
  }

  /** Adds the line of an ended attempt, once: repeated after a crash it does nothing. */
  async add(record: JobRecord): Promise<void> {
    if (this.has(record)) return;
    try {
      await this.#lines.append(JSON.stringify(record));
      this.#recentRunIds.add(record.runId);
    } catch (error) {
      // The line may be there all the same, when only its sync has failed.
      for (const { runId } of readTail(this.#file, TAIL_BYTES)) this.#recentRunIds.add(runId);
      throw error;
    }
  }

  #keep(): void {
    if (this.#rebuildIfMissing()) this.#readRecent();
  }

  #rebuildIfMissing(): boolean {
    if (this.#source === undefined || isThere(this.#file)) return false;
    const attempts = rebuildHistory(this.#file, this.#source.folders);
    if (attempts > 0) this.#source.tell(attempts);
    return true;
  }

  #readRecent(): void {
    this.#recentRunIds = new Set(this.recent().map(({ runId }) => runId));
  }
}

/** Every whole line of the history, oldest first; lines torn by a crash are passed over. */
export function readHistory(file: string): JobRecord[] {
  return readTail(file, Number.POSITIVE_INFINITY);
}

// In pieces, as it may hold millions of lines; only those are parsed that may be the wanted one.
async function findLine(file: string, runId: string): Promise<JobRecord | undefined> {
  if (!isThere(file)) return undefined;
  let unfinished = "";
  for await (const piece of fs.createReadStream(file, { encoding: "utf8" })) {
    const lines = `${unfinished}${String(piece)}`.split("\n");
    unfinished = lines.pop() ?? "";
    const likely = recordsIn(lines.filter((line) => line.includes(runId)));
    const found = likely.find((record) => record.runId === runId);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readTail(file: string, maxBytes: number): JobRecord[] {
  if (!isThere(file)) return [];
  using opened = openFile(file, "r");
  const { handle } = opened;
  const tail = readTailOf({ handle, size: fs.fstatSync(handle).size }, maxBytes);
  return recordsIn(tail.toString("utf8").split("\n"));
}

/** The place at which an ended attempt can be read again; its record is not kept, as there may be a hundred thousand. */
interface Found {
  readonly folder: string;
  readonly finishedAtMs: number;
}

/**
 * Writes a history anew from the records of the ended jobs that lie in `folders`, by when they ended: the last attempt
 * of each. All of it appears at once or nothing. Returns the number of attempts; without any no file is made.
 * Throws what the file system throws.
 */
function rebuildHistory(file: string, folders: readonly string[]): number {
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

function findEnded(stage: string): Found[] {
  return listJobNames(stage).flatMap((name) => {
    const folder = path.join(stage, name);
    const record = readEnded(folder);
    return record === undefined ? [] : [{ folder, finishedAtMs: finishedAtMs(record) }];
  });
}

// A copy of a finished folder holds the record of the same attempt, which has one line.
function writeLines(file: string, found: readonly Found[]): number {
  const runIds = new Set<string>();
  using opened = openFile(file, "w", 0o644);
  for (const { folder } of found) {
    const record = readEnded(folder);
    if (record === undefined || runIds.has(record.runId)) continue;
    runIds.add(record.runId);
    fs.writeFileSync(opened.handle, `${JSON.stringify(record)}\n`);
  }
  fs.fsyncSync(opened.handle);
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
