import type fs from "node:fs";
import { type ArrivalWatch, type Readiness, readinessOf, watchArrival } from "../core/settle.ts";
import { isUnfinishedName } from "../core/unfinished-names.ts";
import { errorCode } from "../files/error-code.ts";
import { mayWriteInto, userName } from "./access.ts";
import { type Survey, Surveyor } from "./survey.ts";

/** No folder is surveyed more often than this, nor for more than a tenth of the time. */
const MIN_SURVEY_GAP_MS = 250;
const MAX_SURVEY_SHARE = 0.1;

/** One folder on its way in: surveyed again and again, a slice at a time, until it has stopped changing. */
export class Arrival {
  readonly #folder: string | Buffer;
  #survey: Survey | undefined;
  #watch: ArrivalWatch | undefined;
  #unreadable: string | undefined;
  #writable = true;
  #surveyor: Surveyor | undefined;
  #spentMs = 0;
  #nextSurveyMs = 0;
  /** Renamed here from a temporary name, so that its content was whole before. */
  readonly #renamed: boolean;

  readonly #isUnfinished: (name: string) => boolean;

  constructor(
    folder: string | Buffer,
    renamedFromTemporary: boolean,
    isUnfinished: (name: string) => boolean = isUnfinishedName,
  ) {
    this.#folder = folder;
    this.#isUnfinished = isUnfinished;
    this.#renamed = renamedFromTemporary;
  }

  get survey(): Survey | undefined {
    return this.#survey;
  }

  /** When the next survey is due on the monotonic clock; in the past while one is under way. */
  get nextSurveyMs(): number {
    return this.#nextSurveyMs;
  }

  /** Goes on with the survey that is due, for at most `budgetMs`. */
  advance(nowMs: number, budgetMs: number): void {
    if (nowMs < this.#nextSurveyMs) return;
    try {
      this.#surveyor ??= new Surveyor(this.#folder, "times", this.#isUnfinished);
      const survey = this.#timed(this.#surveyor, budgetMs);
      if (survey !== undefined) this.#complete(survey, nowMs);
    } catch (error) {
      this.#fail(error, nowMs);
    }
  }

  /** What the surveys so far say. `ready`: the folder holds `QM_READY`, so that it need not be quiet first. */
  readiness(ready: boolean, settleSeconds: number, nowMs: number): Readiness {
    if (this.#unreadable !== undefined) return { kind: "unreadable", why: this.#unreadable };
    if (this.#survey === undefined || this.#watch === undefined) return { kind: "unseen" };
    const { entries, copyInProgress } = this.#survey;
    const look = { deliveredWhole: ready || this.#renamed, entries };
    const whole = copyInProgress === undefined ? look : { ...look, copyInProgress };
    const readiness = readinessOf(whole, this.#watch, settleSeconds, nowMs);
    if (readiness.kind !== "ready" || this.#writable) return readiness;
    return { kind: "unmovable", user: userName() };
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
    this.#writable = mayWriteInto(this.#folder);
    this.#watch = watchArrival(this.#watch, survey.fingerprint, nowMs);
    this.#rest(nowMs);
  }

  #fail(error: unknown, nowMs: number): void {
    const code = errorCode(error) ?? String(error);
    this.#unreadable = code === "EACCES" ? "permission denied (EACCES)" : code;
    this.#rest(nowMs);
  }

  #rest(nowMs: number): void {
    this.#nextSurveyMs = nowMs + Math.max(MIN_SURVEY_GAP_MS, this.#spentMs / MAX_SURVEY_SHARE);
    this.#surveyor = undefined;
    this.#spentMs = 0;
  }
}

/** Device and inode, by which a renamed folder is known again. */
export function identityOf(stats: fs.Stats): string {
  return `${stats.dev}:${stats.ino}`;
}
