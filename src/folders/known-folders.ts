import fs from "node:fs";
import { foldName, isIgnoredName } from "../core/names.ts";
import type { QueueEntry } from "../core/snapshot.ts";
import { typeName } from "../files/safe-read.ts";
import type { Admissions } from "./admissions.ts";
import { compareWithAdmission, FIRST_LOOK_BUDGET_MS, lookAgain, surveyAnew } from "./known-look.ts";
import { arrivingView, firstSeen, type Known, waitingView } from "./queue-entry.ts";
import type { ShelfEntry } from "./shelves.ts";
import { TemporaryNames } from "./temporary-names.ts";

interface Stray {
  readonly entry: ShelfEntry;
  readonly view: QueueEntry;
}

/** What is known of each thing in the queue folder: how it looked when it was last looked at, and what the plan sees of it. */
export class KnownFolders {
  readonly #folder: string;
  readonly #admissions: Admissions;
  readonly #known = new Map<string, Known>();
  /** Those of the known that are surveyed: they arrive, or something about them has changed. */
  readonly #surveyed = new Set<Known>();
  readonly #strays = new Map<string, Stray>();
  readonly #temporary = new TemporaryNames();
  /** Names given to folders that have not been looked at since, by their folded form. */
  readonly #fresh = new Map<string, string>();
  /** What was last given to the plan; undefined when something has changed since. */
  #views: readonly QueueEntry[] | undefined;

  constructor(folder: string, admissions: Admissions) {
    this.#folder = folder;
    this.#admissions = admissions;
  }

  get(name: string): Known | undefined {
    return this.#known.get(name);
  }

  /** What was looked at under a name, a stray too. */
  find(name: string): ShelfEntry | undefined {
    return this.#known.get(name)?.entry ?? this.#strays.get(name)?.entry;
  }

  /** Whether something of this name, read this way, has been looked at. */
  has({ name, validUtf8 }: ShelfEntry): boolean {
    return this.#known.get(name)?.entry.validUtf8 === validUtf8 || this.#strays.has(name);
  }

  /** Whether something has changed since `views` was last asked for. */
  get isChanged(): boolean {
    return this.#views === undefined;
  }

  /** As the plan sees them; the same list as before where nothing has changed. */
  views(nowMs: number, settleSeconds: number): readonly QueueEntry[] {
    if (this.#views === undefined || this.#surveyed.size > 0) {
      for (const known of this.#surveyed) known.view = undefined;
      const folders = [...this.#known.values()].map((known) => this.#viewOf(known, nowMs, settleSeconds));
      this.#views = [...folders, ...[...this.#strays.values()].map(({ view }) => view)];
    }
    return this.#views;
  }

  /** When the next survey is due on the monotonic clock; infinity when nothing is surveyed. */
  nextSurveyMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { arrival } of this.#surveyed) {
      if (arrival !== undefined && arrival.nextSurveyMs < next) next = arrival.nextSurveyMs;
    }
    return next;
  }

  /** Everything there is, one after the other, what comes meanwhile included. */
  *entries(): Generator<ShelfEntry, void> {
    // Taken first, as a look at a stray puts it in anew.
    yield* Array.from(this.#strays.values(), ({ entry }) => entry);
    for (const { entry } of this.#known.values()) yield entry;
  }

  /** Goes on with the surveys that are due, until a time on the monotonic clock; true when one has become whole. */
  survey(nowMs: number, until: number): boolean {
    let completed = false;
    for (const { arrival } of this.#surveyed) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      if (arrival === undefined || arrival.nextSurveyMs > nowMs) continue;
      arrival.advance(nowMs, leftMs);
      completed ||= arrival.nextSurveyMs > nowMs;
    }
    return completed;
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

  /** Looks at one entry. Throws where the queue itself is away. */
  lookAt(entry: ShelfEntry, nowMs: number): void {
    const { name } = entry;
    const stats = fs.lstatSync(entry.path, { throwIfNoEntry: false });
    if (stats === undefined) this.#miss(entry);
    else if (isIgnoredName(name)) this.#temporary.note(name, stats);
    else if (stats.isDirectory()) this.#lookAtFolder(entry, stats, nowMs);
    else {
      this.drop(name);
      this.#strays.set(name, { entry, view: { kind: "stray", name, what: typeName(stats) } });
    }
  }

  /** Forgets all that is not in a listing of the queue. */
  retain(listed: { readonly has: (name: string) => boolean }): void {
    const gone = [...this.#known.keys(), ...this.#strays.keys()].filter((name) => !listed.has(name));
    for (const name of gone) this.drop(name);
    this.#admissions.retain(listed);
  }

  /** Likewise for temporary names: once what was one has been looked at under its new name. */
  retainTemporary(listed: { readonly has: (name: string) => boolean }): void {
    this.#temporary.retain(listed);
  }

  /** Has a folder met anew at the next look, under a name that was just given to it. */
  renew(name: string): void {
    this.drop(name);
    this.#fresh.set(foldName(name), name);
  }

  /** Has what the plan sees of a folder made out anew. */
  review(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) this.#change(known);
  }

  /** Forgets a folder, but not its admission. */
  drop(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) this.#surveyed.delete(known);
    const wasKnown = this.#known.delete(name);
    const wasStray = this.#strays.delete(name);
    if (wasKnown || wasStray) this.#views = undefined;
  }

  #miss({ name, validUtf8 }: ShelfEntry): void {
    // Throws where it is the queue that is away, a mount perhaps: then nothing is forgotten.
    fs.statSync(this.#folder);
    const known = this.#known.get(name);
    if (known === undefined || known.entry.validUtf8 === validUtf8) this.#forget(name);
  }

  #lookAtFolder(entry: ShelfEntry, stats: fs.Stats, nowMs: number): void {
    const before = this.#known.get(entry.name);
    const isSame = before?.entry.validUtf8 === entry.validUtf8;
    this.#look(isSame ? before : this.#meet(entry, stats, nowMs), stats, nowMs);
  }

  #meet(entry: ShelfEntry, stats: fs.Stats, nowMs: number): Known {
    this.drop(entry.name);
    this.#fresh.delete(foldName(entry.name));
    const admission = this.#admissions.get(entry.name);
    const isAdmitted =
      admission !== undefined && admission.folderMtimeMs === stats.mtimeMs && admission.fingerprint !== "";
    const known = firstSeen(entry, stats.mtimeMs, nowMs, admission, isAdmitted);
    this.#known.set(entry.name, known);
    this.#change(known);
    if (!isAdmitted) {
      surveyAnew(known, this.#temporary.had(entry.name, stats)).advance(nowMs, FIRST_LOOK_BUDGET_MS);
      this.#surveyed.add(known);
    }
    return known;
  }

  #look(known: Known, stats: fs.Stats, nowMs: number): void {
    const admission = this.#admissions.get(known.entry.name);
    if (!lookAgain(known, stats, admission, nowMs)) return;
    if (known.arrival !== undefined) this.#surveyed.add(known);
    this.#change(known);
  }

  #viewOf(known: Known, nowMs: number, settleSeconds: number): QueueEntry {
    known.view ??= this.#makeView(known, nowMs, settleSeconds);
    return known.view;
  }

  #makeView(known: Known, nowMs: number, settleSeconds: number): QueueEntry {
    const admission = this.#admissions.get(known.entry.name);
    const verdict = compareWithAdmission(known, admission);
    if (verdict.kind === "as admitted") {
      this.#surveyed.delete(known);
      this.#admissions.set(verdict.admission);
      return waitingView(known, verdict.admission);
    }
    return admission !== undefined && known.admitted
      ? waitingView(known, admission)
      : arrivingView(known, nowMs, settleSeconds);
  }

  #change(known: Known): void {
    known.view = undefined;
    this.#views = undefined;
  }

  /** What is no longer in the queue; one of its name that comes later is a newcomer. */
  #forget(name: string): void {
    this.drop(name);
    if (this.#fresh.get(foldName(name)) === name) this.#fresh.delete(foldName(name));
    this.#admissions.delete(name);
  }
}
