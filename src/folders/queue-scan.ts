import fs from "node:fs";
import { finalNameOf, foldName, isIgnoredName } from "../core/names.ts";
import type { QueueEntry } from "../core/snapshot.ts";
import { typeName } from "../files/safe-read.ts";
import type { Admission, Admissions } from "./admissions.ts";
import { Arrival, identityOf } from "./arrival.ts";
import { arrivingView, firstSeen, hasNewInfo, type Known, waitingView } from "./queue-entry.ts";
import { readRequests } from "./requests.ts";
import { listShelf, type ShelfEntry } from "./shelves.ts";
import type { Survey } from "./survey.ts";

/** So long a change may come without moving the folder's mtime, which some file systems keep to two seconds only. */
const TRUST_AFTER_MS = 3000;
const FIRST_LOOK_BUDGET_MS = 5;

/** The queue folder, scanned: what lies there, what is arriving, what waits. Everything it keeps is a cache. */
export class QueueScan {
  readonly #folder: string;
  readonly #admissions: Admissions;
  readonly #known = new Map<string, Known>();
  /** Temporary names seen in the last scan, by identity, to know a folder again once it is renamed. */
  #temporary = new Map<string, string>();
  /** Names admitted since the last scan, by their folded form: the next one meets their folders anew. */
  readonly #fresh = new Map<string, string>();

  constructor(folder: string, admissions: Admissions) {
    this.#folder = folder;
    this.#admissions = admissions;
  }

  /** Looks at the whole queue once. Throws when the folder itself cannot be read. */
  observe(nowMs: number, settleSeconds: number): QueueEntry[] {
    this.#fresh.clear();
    const temporary = new Map<string, string>();
    const seen = new Set<string>();
    // Two names may read alike, one as UTF-8 and one as Latin-1: the second comes in once the first has left.
    const found = listShelf(this.#folder).sort((a, b) => Number(b.validUtf8) - Number(a.validUtf8));
    const entries = found.flatMap((entry) => {
      if (seen.has(entry.name)) return [];
      const stats = fs.lstatSync(entry.path, { throwIfNoEntry: false });
      if (stats === undefined) return [];
      if (isIgnoredName(entry.name)) {
        temporary.set(identityOf(stats), entry.name);
        return [];
      }
      seen.add(entry.name);
      return [this.#view(entry, stats, nowMs, settleSeconds)];
    });
    this.#temporary = temporary;
    this.#forgetAllBut(seen);
    return entries;
  }

  /** Goes on with surveys for about `budgetMs`; true when one has become whole, which is worth a pass. */
  advanceSurveys(nowMs: number, budgetMs: number): boolean {
    const until = performance.now() + budgetMs;
    let completed = false;
    for (const { arrival } of this.#known.values()) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      if (arrival === undefined || arrival.nextSurveyMs > nowMs) continue;
      arrival.advance(nowMs, leftMs);
      completed ||= arrival.nextSurveyMs > nowMs;
    }
    return completed;
  }

  /** When the next survey is due on the monotonic clock; infinity when nothing arrives. */
  nextSurveyMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { arrival } of this.#known.values()) {
      if (arrival !== undefined && arrival.nextSurveyMs < next) next = arrival.nextSurveyMs;
    }
    return next;
  }

  /** Where a folder of the queue lies; undefined once it is gone. */
  pathOf(name: string): string | Buffer | undefined {
    return this.#known.get(name)?.entry.path;
  }

  /** The latest whole survey of an arriving folder. */
  surveyOf(name: string): Survey | undefined {
    return this.#known.get(name)?.arrival?.survey;
  }

  /**
   * Whether a folded name is taken by another folder of the queue. Of two that arrive under one name the first to be
   * admitted keeps it, so that one still arriving takes only names that a third would be given.
   */
  claimsName(folded: string, own: string): boolean {
    const isOwn = folded === foldName(own);
    if (this.#fresh.has(folded) && this.#fresh.get(folded) !== own) return true;
    for (const [name, known] of this.#known) {
      if (known.folded === folded && name !== own && (known.admitted || !isOwn)) return true;
    }
    return false;
  }

  /** Takes over that a folder has been admitted under the name it has now. */
  admit(admission: Admission): void {
    this.#known.delete(admission.name);
    this.#fresh.set(foldName(admission.name), admission.name);
    this.#admissions.set(admission);
  }

  /** Takes back an admission: the folder arrives anew, and keeps its place. */
  readmit(admission: Admission): void {
    this.#admissions.set({ ...admission, fingerprint: "" });
    this.#known.delete(admission.name);
  }

  #view(entry: ShelfEntry, stats: fs.Stats, nowMs: number, settleSeconds: number): QueueEntry {
    if (!stats.isDirectory()) return { kind: "stray", name: entry.name, what: typeName(stats) };
    const before = this.#known.get(entry.name);
    const isSame = before?.entry.validUtf8 === entry.validUtf8;
    const known = isSame ? before : this.#meet(entry, stats, nowMs);
    this.#look(known, stats, nowMs);
    const admission = known.admitted ? this.#settledAdmission(known) : undefined;
    return admission === undefined
      ? arrivingView(known, nowMs, settleSeconds)
      : waitingView(known, admission);
  }

  #meet(entry: ShelfEntry, stats: fs.Stats, nowMs: number): Known {
    const admission = this.#admissions.get(entry.name);
    const isAdmitted =
      admission !== undefined && admission.folderMtimeMs === stats.mtimeMs && admission.fingerprint !== "";
    const arrival = isAdmitted ? undefined : new Arrival(entry.path, this.#wasTemporary(entry.name, stats));
    arrival?.advance(nowMs, FIRST_LOOK_BUDGET_MS);
    const known = firstSeen(entry, stats.mtimeMs, nowMs, admission, arrival);
    this.#known.set(entry.name, known);
    return known;
  }

  #look(known: Known, stats: fs.Stats, nowMs: number): void {
    const moved = stats.mtimeMs !== known.mtimeMs;
    if (moved) {
      known.mtimeMs = stats.mtimeMs;
      known.movedMs = nowMs;
      // A survey made before does not tell of this change.
      if (known.admitted) known.arrival = new Arrival(known.entry.path, false);
    }
    if (known.admitted && hasNewInfo(known, this.#admissions.get(known.entry.name), nowMs)) {
      known.admitted = false;
      known.arrival = new Arrival(known.entry.path, false);
      known.arrival.advance(nowMs, FIRST_LOOK_BUDGET_MS);
    }
    if (known.admitted && known.lookedMs - known.movedMs > TRUST_AFTER_MS) return;
    known.lookedMs = nowMs;
    if (typeof known.entry.path === "string") known.requests = readRequests(known.entry.path);
  }

  /** The admission while the folder is as it was admitted; undefined once a second look shows that it has changed. */
  #settledAdmission(known: Known): Admission | undefined {
    const admission = this.#admissions.get(known.entry.name);
    const survey = known.arrival?.survey;
    if (admission !== undefined && survey !== undefined) {
      known.admitted = survey.fingerprint === admission.fingerprint;
      if (known.admitted) {
        known.arrival = undefined;
        this.#admissions.set({ ...admission, folderMtimeMs: known.mtimeMs });
      }
    }
    return known.admitted ? admission : undefined;
  }

  #wasTemporary(name: string, stats: fs.Stats): boolean {
    const before = this.#temporary.get(identityOf(stats));
    return before !== undefined && finalNameOf(before) === name;
  }

  #forgetAllBut(names: ReadonlySet<string>): void {
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    this.#admissions.retain(names);
  }
}
