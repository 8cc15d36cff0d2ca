import path from "node:path";
import type { QueueEntry } from "../../plan/snapshot.ts";
import { lookFor, QueueListing, type StageEntry } from "../stages.ts";
import type { Admission, Admissions } from "./admissions.ts";
import type { ScanRules } from "./arrival.ts";
import type { JobFile } from "./job-file.ts";
import { KnownFolders } from "./known-folders.ts";
import type { Survey } from "./survey.ts";

/**
 * The queue folder, scanned: what lies there, what is arriving, what waits. All that is known here is a cache. Ten thousand
 * waiting folders take long to look at, so that goes on a little at a time; what may have changed is looked at first.
 */
export class QueueScan {
  readonly #folder: string;
  readonly #listing: QueueListing;
  readonly #folders: KnownFolders;
  readonly #admissions: Admissions;
  readonly #rules: ScanRules;
  /** Entries to be looked at next, by name: they are new, or may have changed. */
  readonly #toLookAt = new Map<string, StageEntry>();
  /** Those of jobs that have been admitted: they are looked at before the others, as they could start while thousands arrive. */
  readonly #toLookAtFirst = new Map<string, StageEntry>();
  #listDueMs = Number.NEGATIVE_INFINITY;
  #roundDueMs = Number.NEGATIVE_INFINITY;
  /** The entries still to be looked at in this round. */
  #round: Iterator<StageEntry> | undefined;
  #isLookedThrough = false;

  constructor(folder: string, admissions: Admissions, rules: ScanRules) {
    this.#folder = folder;
    this.#listing = new QueueListing(folder);
    this.#folders = new KnownFolders(folder, admissions, rules);
    this.#admissions = admissions;
    this.#rules = rules;
  }

  /**
   * Looks at what is due and returns what is known of the queue: the same list as before if nothing has changed.
   * Throws when the folder itself cannot be read.
   */
  observe(nowMs: number, settleSeconds: number): readonly QueueEntry[] {
    this.#list(nowMs);
    this.#lookAtNew(nowMs, this.#rules.budgetMs);
    this.#isLookedThrough ||= this.#toLookAt.size === 0;
    this.#goRound(nowMs, this.#rules.budgetMs / 2);
    this.#folders.settleAdmitted();
    return this.#folders.views(nowMs, settleSeconds);
  }

  /** True once everything that the first listing had has been looked at. */
  get isLookedThrough(): boolean {
    return this.#isLookedThrough;
  }

  /** Goes on with what is due for about `budgetMs`; true when that is worth a pass. Throws as `observe` does. */
  advance(nowMs: number, budgetMs: number): boolean {
    const until = performance.now() + budgetMs;
    if (this.#listsBetweenPasses) this.#list(nowMs);
    this.#lookAtNew(nowMs, budgetMs);
    const completed = this.#folders.survey(nowMs, until);
    if (this.#round !== undefined) this.#goRound(nowMs, until - performance.now());
    const isThrough = !this.#isLookedThrough && this.#toLookAt.size === 0;
    return completed || isThrough || this.#folders.isChanged;
  }

  /** The time at which `advance` has something to do, on the monotonic clock; infinity when nothing is. */
  nextDueMs(): number {
    const isBusy = this.#toLookAtFirst.size + this.#toLookAt.size > 0 || this.#round !== undefined;
    if (isBusy) return Number.NEGATIVE_INFINITY;
    const surveyMs = this.#folders.nextSurveyMs();
    return this.#listsBetweenPasses ? Math.min(surveyMs, this.#listDueMs) : surveyMs;
  }

  /** Has a folder looked at next: it may have changed. False if it is gone and was forgotten already, which is no news. */
  noteChange(name: string): boolean {
    const entry = this.#folders.find(name) ?? {
      name,
      path: path.join(this.#folder, name),
      validUtf8: true,
    };
    if (!this.#folders.has(entry) && lookFor(entry) === undefined) return false;
    this.#folders.remakeView(name);
    const isAdmitted = this.#admissions.get(name) !== undefined;
    (isAdmitted ? this.#toLookAtFirst : this.#toLookAt).set(name, entry);
    return true;
  }

  /** Has the queue listed anew at the next observation: something may have come, gone or changed its name. */
  noteAnyChange(): void {
    this.#listing.distrust();
    this.#listDueMs = Number.NEGATIVE_INFINITY;
  }

  /** Forgets a job that the manager has moved out of the queue. */
  forget(name: string): void {
    this.#folders.forgetFolder(name);
    this.#toLookAtFirst.delete(name);
    this.#toLookAt.delete(name);
    this.#admissions.delete(name);
  }

  /** Has the queue listed and every folder looked at soon: somebody has asked for something. */
  lookAtAllSoon(): void {
    this.#listDueMs = Number.NEGATIVE_INFINITY;
    this.#roundDueMs = Number.NEGATIVE_INFINITY;
    this.#round = undefined;
  }

  /** Looks at a folder once more; false when it is no longer as the last observation had it. */
  confirms(name: string, nowMs: number): boolean {
    const before = this.#folders.get(name);
    if (before?.view === undefined) return false;
    const { view } = before;
    this.#folders.lookAt(before.entry, nowMs);
    return this.#folders.get(name)?.view === view;
  }

  /** The path of a folder of the queue; undefined once it is gone. */
  pathOf(name: string): string | Buffer | undefined {
    return this.#folders.get(name)?.entry.path;
  }

  /** The plain file of this name that may be a job. */
  jobFile(name: string): JobFile | undefined {
    return this.#folders.jobFile(name);
  }

  /** The latest whole survey of an arriving folder. */
  surveyOf(name: string): Survey | undefined {
    return this.#folders.get(name)?.arrival?.survey;
  }

  /** True where another folder of the queue owns a folded name (`QueueNames`). */
  isNameOwnedByAnother(folded: string, own: string): boolean {
    return this.#folders.names.isOwnedByAnother(folded, own);
  }

  /** Takes over that a folder has been admitted under the name it has now. */
  admit(admission: Admission): void {
    this.#admissions.set(admission);
    this.lookAtRenamed(admission.name);
  }

  /** Notes that a waiting job is at the head of the order, so that a restart knows since when. */
  noteHead(name: string, nowMs: number): void {
    if (this.#admissions.get(name)?.headSinceMs === undefined) this.#setHeadSince(name, nowMs);
  }

  /** Notes that processors are kept for a job at the head: from now on no clock, set or not, ends that. */
  noteKept(name: string): void {
    if (this.#admissions.get(name)?.headSinceMs !== 0) this.#setHeadSince(name, 0);
  }

  #setHeadSince(name: string, headSinceMs: number): void {
    const admission = this.#admissions.get(name);
    if (admission === undefined) return;
    this.#admissions.set({ ...admission, headSinceMs });
    this.#folders.remakeView(name);
  }

  /** Takes back an admission: the folder arrives anew, and keeps its place. */
  readmit(admission: Admission): void {
    this.#admissions.set({ ...admission, fingerprint: "" });
    this.lookAtRenamed(admission.name);
  }

  /**
   * Has a folder looked at next that the manager has given this name in the queue, or is about to; until then no other
   * folder is given the name.
   */
  lookAtRenamed(name: string): void {
    this.#folders.expectAnew(name);
    this.noteChange(name);
  }

  get #listsBetweenPasses(): boolean {
    return this.#rules.listEveryMs() < this.#rules.everyMs();
  }

  #list(nowMs: number): void {
    if (nowMs < this.#listDueMs) return;
    const found = this.#listing.readIfChanged();
    this.#listDueMs = nowMs + this.#rules.listEveryMs();
    if (found === undefined) return;
    for (const [name, entry] of found) {
      if (this.#folders.has(entry)) continue;
      this.#folders.firstSeen.note(name, nowMs);
      this.#toLookAt.set(name, entry);
    }
    this.#folders.keepOnly(found);
    // A temporary name that is gone may be what one that has just come was: it is kept until that has been looked at.
    if (this.#toLookAt.size === 0) this.#folders.temporary.keepOnly(found);
  }

  #lookAtNew(nowMs: number, budgetMs: number): void {
    const until = performance.now() + budgetMs;
    for (const due of [this.#toLookAtFirst, this.#toLookAt]) {
      for (const [name, entry] of due) {
        this.#folders.lookAt(entry, nowMs);
        due.delete(name);
        if (performance.now() >= until) return;
      }
    }
  }

  // Not every change is noticed when it happens, so all folders are looked at in rounds, each as long as it takes.
  #goRound(nowMs: number, budgetMs: number): void {
    if (this.#round === undefined) {
      if (nowMs < this.#roundDueMs) return;
      this.#roundDueMs = nowMs + this.#rules.everyMs();
      this.#round = this.#folders.entries();
    }
    const until = performance.now() + budgetMs;
    for (let next = this.#round.next(); next.done !== true; next = this.#round.next()) {
      this.#folders.lookAt(next.value, nowMs);
      if (performance.now() >= until) return;
    }
    this.#round = undefined;
  }
}
