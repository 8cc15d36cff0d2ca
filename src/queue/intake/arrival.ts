import fs from "node:fs";
import path from "node:path";
import { codeOrText, isDenied } from "../../disk/error-code.ts";
import { type ArrivalWatch, type Readiness, readinessOf, watchArrival } from "../../plan/settle.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { mayWriteInto, missingRight, userName } from "../access.ts";
import { closedInfo } from "./info-file.ts";
import { type Survey, Surveyor } from "./survey.ts";

/** No folder is surveyed more often than this, nor for more than a tenth of the time. */
const MIN_SURVEY_GAP_MS = 250;
const MAX_SURVEY_SHARE = 0.1;

/** The amount and the pace of a scan of the queue, and how it judges newcomers. */
export interface ScanRules {
  /** The names inside a folder that mean that a copy is still going on. */
  readonly isUnfinished: (name: string) => boolean;
  /** The names of info files, in the order they are looked for. */
  readonly jobFiles: () => readonly string[];
  /** Newcomers that follow one another within so many milliseconds count as seen by one look, and are shown together. */
  readonly closelyMs: number;
  /** Within so many milliseconds each folder is looked at once. */
  readonly everyMs: () => number;
  /** Within so many milliseconds the queue is listed once; where they are fewer than those, between the passes too. */
  readonly listEveryMs: () => number;
  /** The longest that one observation spends on folders that are new or may have changed; half as long on all others. */
  readonly budgetMs: number;
}

type ArrivalRules = Pick<ScanRules, "isUnfinished" | "jobFiles">;

type Hindrance = Extract<Readiness, { readonly kind: "unreadable" | "unmovable" | "mount_point" }>;

/** One folder on its way in: surveyed again and again, a slice at a time, until it has stopped changing. */
export class Arrival {
  readonly #folder: string | Buffer;
  #survey: Survey | undefined;
  #watch: ArrivalWatch | undefined;
  #unreadable: Hindrance | undefined;
  /** Of a folder that can be read: why it is not admitted once it is whole. */
  #hindrance: Hindrance | undefined;
  #surveyor: Surveyor | undefined;
  #spentMs = 0;
  #nextSurveyMs = 0;
  /** Renamed here from a temporary name, so that its content was whole before. */
  readonly #renamed: boolean;

  readonly #rules: ArrivalRules;

  constructor(folder: string | Buffer, renamedFromTemporary: boolean, rules: ArrivalRules) {
    this.#folder = folder;
    this.#rules = rules;
    this.#renamed = renamedFromTemporary;
  }

  get survey(): Survey | undefined {
    return this.#survey;
  }

  /** The time of the next survey on the monotonic clock; in the past while one is under way. */
  get nextSurveyMs(): number {
    return this.#nextSurveyMs;
  }

  /** Goes on with the survey that is due, for at most `budgetMs`. */
  advance(nowMs: number, budgetMs: number): void {
    if (nowMs < this.#nextSurveyMs) return;
    try {
      this.#surveyor ??= new Surveyor(this.#folder, "times", this.#rules.isUnfinished);
      const survey = this.#timed(this.#surveyor, budgetMs);
      if (survey !== undefined) this.#complete(survey, nowMs);
    } catch (error) {
      this.#fail(error, nowMs);
    }
  }

  /** The verdict of the surveys so far. `ready`: the folder holds `QM_READY`, so that it need not be quiet first. */
  readiness(ready: boolean, settleSeconds: number, nowMs: number): Readiness {
    if (this.#unreadable !== undefined) return this.#unreadable;
    if (this.#survey === undefined || this.#watch === undefined) return { kind: "unseen" };
    const look = { ...this.#survey, deliveredWhole: ready || this.#renamed };
    const readiness = readinessOf(look, this.#watch, settleSeconds, nowMs);
    return readiness.kind === "ready" ? (this.#hindrance ?? readiness) : readiness;
  }

  #timed(surveyor: Surveyor, budgetMs: number): Survey | undefined {
    const startedMs = performance.now();
    const survey = surveyor.advance(budgetMs);
    this.#spentMs += performance.now() - startedMs;
    return survey;
  }

  #complete(survey: Survey, nowMs: number): void {
    this.#survey = survey;
    this.#unreadable = undefined;
    this.#hindrance = this.#findHindrance();
    this.#watch = watchArrival(this.#watch, survey.fingerprint, nowMs);
    this.#rest(nowMs);
  }

  #fail(error: unknown, nowMs: number): void {
    this.#unreadable = unreadable(this.#folder, codeOrText(error));
    this.#rest(nowMs);
  }

  #findHindrance(): Hindrance | undefined {
    if (isMountPoint(this.#folder)) return { kind: "mount_point" };
    if (!mayWriteInto(this.#folder)) return { kind: "unmovable", user: userName() };
    const closed = closedInfo(this.#folder, this.#rules.jobFiles());
    return closed === undefined ? undefined : unreadable(this.#folder, closed.code, closed.name);
  }

  #rest(nowMs: number): void {
    this.#nextSurveyMs = nowMs + Math.max(MIN_SURVEY_GAP_MS, this.#spentMs / MAX_SURVEY_SHARE);
    this.#surveyor = undefined;
    this.#spentMs = 0;
  }
}

/** That the system refuses to read a folder, a file, or a part of a folder, and the right that would help. */
export function unreadable(
  folder: string | Buffer,
  code: string,
  part?: string,
): Extract<Readiness, { readonly kind: "unreadable" }> {
  if (!isDenied(code)) return { kind: "unreadable", why: code };
  const denied = missingRight(folder, part === undefined ? folder : path.join(folder.toString(), part));
  return withoutUndefined({ kind: "unreadable" as const, why: `permission denied (${code})`, part, denied });
}

/** The root of each subvolume of btrfs; that can be renamed, though it has a device number of its own. */
const SUBVOLUME_INODE = 256;

function isMountPoint(folder: string | Buffer): boolean {
  const { dev, ino } = fs.lstatSync(folder);
  return ino !== SUBVOLUME_INODE && dev !== fs.lstatSync(path.dirname(folder.toString())).dev;
}

/** Device and inode, by which a renamed folder is known again. */
export function identityOf(stats: fs.Stats): string {
  return `${stats.dev}:${stats.ino}`;
}
