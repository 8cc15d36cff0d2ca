import fs from "node:fs";
import path from "node:path";
import { foldName, isIgnoredName, writtenNumber } from "../job/names.ts";
import type { JobRecord } from "../job/record.ts";
import { STAGE_WORDS, STATE_WORDS } from "../job/words.ts";
import { readHistory } from "../queue/books/history.ts";
import { type Layout, STAGES, type Stage } from "../queue/layout.ts";
import { listJobNames } from "../queue/stages.ts";
import { formatDuration } from "../text/duration.ts";
import { QmError } from "../text/errors.ts";
import { escapeControls } from "../text/escape.ts";
import { nearest } from "../text/nearest.ts";
import { tryOr } from "../text/try-or.ts";
import { jobNumbered, lastRecordNumbered } from "./numbered-job.ts";

/** A job as it was found: the folder it lies in is its state. */
export interface FoundJob {
  readonly name: string;
  readonly stage: Stage;
  /** Absolute. */
  readonly folder: string;
}

/** True for a job that lies where ended jobs lie. */
export function hasEnded({ stage }: Pick<FoundJob, "stage">): boolean {
  return stage === "finished" || stage === "lost";
}

/** The job of exactly this name; undefined where there is none. Never lists a folder: names come from strangers. */
export function jobNamed(
  layout: Layout,
  name: string,
  stages: readonly Stage[] = STAGES,
): FoundJob | undefined {
  if (name === "" || /[/\0]/.test(name) || isIgnoredName(name)) return undefined;
  // A job may move on between two looks, so that the first misses it.
  return exactly(layout, name, stages) ?? exactly(layout, name, stages);
}

function exactly(layout: Layout, name: string, stages: readonly Stage[]): FoundJob | undefined {
  return stages.map((stage) => jobAt(layout, stage, name)).find(({ folder }) => isFolder(folder));
}

/** The job that has this name in a stage, if it is there. */
export function jobAt(layout: Layout, stage: Stage, name: string): FoundJob {
  return { name, stage, folder: path.join(layout[stage], name) };
}

function isFolder(folder: string): boolean {
  // A name longer than the system allows is no job's name either.
  return tryOr(() => fs.lstatSync(folder).isDirectory(), false);
}

/** Advice about a job that lies elsewhere than was thought. */
const STAGE_MENDS: Record<Stage, string> = {
  queue: "`qm wait` waits for its end, `qm kill` withdraws it",
  running: "`qm wait` waits for its end, `qm kill` ends it",
  finished: "`qm redo` runs it again, `qm delete` removes its folder",
  lost: "`qm show` tells why, `qm redo` runs it again, `qm delete` removes its folder",
};

/** Most jobs among which a guess at a mistyped name is of use. */
const MAX_GUESSED = 5000;

/**
 * Finds a job by its name: as it is, in another case, in the escaped form in which it is shown, or as a path to its
 * folder; or by its number. A name goes first, `#12` is always the number. Throws `no_such_job`; `refused` where the name in another case means several.
 */
export function findJob(layout: Layout, given: string, stages: readonly Stage[] = STAGES): FoundJob {
  const name = nameMeant(layout, given);
  if (name === undefined) throw noSuchNumber(layout, given);
  const found = lookTwice(layout, name, stages);
  if (found !== undefined) return found;
  throw noSuchJob(layout, name, stages);
}

/**
 * The last record in the history of a job whose folder is gone, found by its name or number as `findJob` does; undefined where
 * the folder is there, the history knows no such job, or it cannot be read.
 */
export function findGoneJob(layout: Layout, given: string): JobRecord | undefined {
  const name = nameMeant(layout, given);
  if (name !== undefined && lookTwice(layout, name, STAGES) !== undefined) return undefined;
  return (name === undefined ? undefined : lastRecordOf(layout, name)) ?? recordNumbered(layout, given);
}

function recordNumbered(layout: Layout, given: string): JobRecord | undefined {
  const number = writtenNumber(given);
  return number === undefined ? undefined : lastRecordNumbered(layout, number);
}

/** The name as it is given, or of the job with this number; undefined for a number (`#12`) of which there is no folder. */
function nameMeant(layout: Layout, given: string): string | undefined {
  const name = nameGiven(layout, given);
  const number = writtenNumber(given);
  if (number === undefined) return name;
  const isNumberAlone = given.startsWith("#");
  if (!isNumberAlone && lookTwice(layout, name, STAGES) !== undefined) return name;
  return jobNumbered(layout, number) ?? (isNumberAlone ? undefined : name);
}

function lastRecordOf({ history }: Layout, name: string): JobRecord | undefined {
  // A user who may not read the history gets an answer from the folders.
  const all = tryOr(() => readHistory(history), []);
  const records = all.filter(({ name: candidate }) => isSameName(candidate, name));
  return records.findLast((record) => record.name === name) ?? records.at(-1);
}

function isSameName(candidate: string, name: string): boolean {
  return foldName(candidate) === foldName(name) || escapeControls(candidate) === name;
}

function nameGiven(layout: Layout, given: string): string {
  const bare = given.replace(/\/+$/, "");
  const isStage = STAGES.some((stage) => path.basename(layout[stage]) === path.basename(path.dirname(bare)));
  return bare.includes("/") && isStage ? path.basename(bare) : bare;
}

// A job may move on between two looks, so that the first misses it.
function lookTwice(layout: Layout, name: string, stages: readonly Stage[]): FoundJob | undefined {
  return lookAt(layout, name, stages) ?? lookAt(layout, name, stages);
}

function lookAt(layout: Layout, name: string, stages: readonly Stage[]): FoundJob | undefined {
  const named = jobNamed(layout, name, stages);
  if (named !== undefined) return named;
  // The name of a job that has just moved on does not mean another one whose name is nearly the same.
  if (jobNamed(layout, name) !== undefined) return undefined;
  const matches = stages.flatMap((stage) =>
    listJobNames(layout[stage])
      .filter((candidate) => isSameName(candidate, name))
      .map((match) => jobAt(layout, stage, match)),
  );
  const names = [...new Set(matches.map((match) => match.name))];
  if (names.length > 1) throw ambiguous(layout, name, names);
  return matches[0];
}

// Copied or renamed by hand, jobs may have names that differ in case alone: a guess might delete the wrong one.
function ambiguous({ root }: Layout, name: string, names: readonly string[]): QmError {
  const listed = names.map((one) => `«${one}»`).join(", ");
  return new QmError("refused", `«${name}» may mean several jobs: ${listed}`, {
    path: root,
    mend: "write the name exactly as it is",
  });
}

function noSuchJob(layout: Layout, name: string, stages: readonly Stage[]): QmError {
  const elsewhere = lookAt(layout, name, STAGES);
  if (elsewhere !== undefined) {
    const wanted = stages.map((stage) => STAGE_WORDS[stage]).join(" or ");
    return new QmError("refused", `the job «${name}» is ${STAGE_WORDS[elsewhere.stage]}, not ${wanted}`, {
      path: elsewhere.folder,
      mend: STAGE_MENDS[elsewhere.stage],
    });
  }
  const gone = lastRecordOf(layout, name) ?? recordNumbered(layout, name);
  if (gone !== undefined) return goneError(layout, gone);
  const names = STAGES.flatMap((stage) => listJobNames(layout[stage]));
  const meant = names.length > MAX_GUESSED ? undefined : nearest(name, names);
  return new QmError("no_such_job", `there is no job «${name}»`, {
    path: layout.root,
    mend: meant === undefined ? "`qm status` and `qm history` list the jobs" : `did you mean «${meant}»?`,
  });
}

function noSuchNumber(layout: Layout, given: string): QmError {
  const gone = recordNumbered(layout, given);
  if (gone !== undefined) return goneError(layout, gone);
  return new QmError("no_such_job", `there is no job with the number ${given}`, {
    path: layout.root,
    mend: "`qm status` and `qm history` list the jobs",
  });
}

function goneError({ root }: Layout, { name, state, finishedAt }: JobRecord): QmError {
  const agoSeconds = (Date.now() - Date.parse(finishedAt ?? "")) / 1000;
  const when = Number.isNaN(agoSeconds) ? "" : ` ${formatDuration(Math.max(0, agoSeconds))} ago`;
  const message = `the folder of the job «${name}» is gone; it ended as ${STATE_WORDS[state]}${when}`;
  return new QmError("no_such_job", message, { path: root, mend: "`qm show` tells what is known of it" });
}
