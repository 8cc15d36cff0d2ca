import fs from "node:fs";
import { typeName } from "../../disk/safe-read.ts";
import { finalNameOf, isIgnoredName } from "../../job/names.ts";
import type { QueueEntry } from "../../plan/snapshot.ts";
import { lookFor, type ShelfEntry } from "../shelves.ts";
import type { Admissions } from "./admissions.ts";
import { type ArrivalRules, identityOf } from "./arrival.ts";
import { FirstSeen } from "./first-seen.ts";
import {
  FIRST_LOOK_BUDGET_MS,
  firstSeen,
  type KnownFolder,
  lookAgain,
  settleSurvey,
  surveyAnew,
} from "./known-folder.ts";
import { QueueNames } from "./queue-names.ts";
import { QueueSurveys, QueueViews, type Stray, unreadableView } from "./queue-views.ts";

/** The rules by which newcomers are judged. */
export interface NewcomerRules extends ArrivalRules {
  /** Newcomers that follow one another within so many milliseconds count as seen by one look, and are shown together. */
  readonly closelyMs: number;
}

/** What is known of each thing in the queue folder: how it looked when it was last looked at, and what the plan sees of it. */
export class KnownFolders {
  readonly #folder: string;
  readonly #admissions: Admissions;
  readonly #known = new Map<string, KnownFolder>();
  readonly #surveys = new QueueSurveys();
  readonly #strays = new Map<string, Stray>();
  readonly #temporary = new TemporaryNames();
  readonly #firstSeen: FirstSeen;
  readonly #rules: NewcomerRules;
  /** Who owns which name. */
  readonly names = new QueueNames(this.#known);
  readonly #views: QueueViews;

  constructor(folder: string, admissions: Admissions, rules: NewcomerRules) {
    this.#folder = folder;
    this.#admissions = admissions;
    this.#rules = rules;
    this.#firstSeen = new FirstSeen(admissions, rules.closelyMs);
    this.#views = new QueueViews(admissions);
  }

  /** The folder that was looked at under a name. */
  get(name: string): KnownFolder | undefined {
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
    return this.#views.areOutdated;
  }

  /** As the plan sees them, once they have a place; the same list as before if nothing has changed. */
  views(nowMs: number, settleSeconds: number): readonly QueueEntry[] {
    this.#givePlaces(nowMs, settleSeconds);
    // How long a folder has been quiet changes with the time.
    for (const known of this.#surveys) this.#views.outdateOf(known);
    return this.#views.list(this.#placed(), this.#strays.values(), nowMs, settleSeconds);
  }

  /** When the next survey is due on the monotonic clock; infinity when nothing is surveyed. */
  nextSurveyMs(): number {
    return this.#surveys.nextDueMs();
  }

  /** Everything there is, one after the other, including what comes meanwhile. */
  *entries(): Generator<ShelfEntry, void> {
    // Taken first, as a look at a stray puts it in anew.
    yield* Array.from(this.#strays.values(), ({ entry }) => entry);
    for (const { entry } of this.#known.values()) yield entry;
  }

  /** Goes on with the surveys that are due, until a time on the monotonic clock; true when one has become whole. */
  survey(nowMs: number, until: number): boolean {
    return this.#surveys.advance(nowMs, until);
  }

  /** Lets the admitted folders that were surveyed again wait on if they are unchanged, otherwise arrive anew. */
  settleAdmitted(): void {
    for (const known of this.#surveys) {
      const admission = settleSurvey(known, this.#admissions.get(known.entry.name));
      if (admission === undefined) continue;
      this.#surveys.delete(known);
      this.#admissions.set(admission);
      this.#views.outdateOf(known);
    }
  }

  /** Notes that something of this name lies in the queue; it may be long before it is looked at. */
  note(name: string, nowMs: number): void {
    this.#firstSeen.note(name, nowMs);
  }

  /** Looks at one entry. Throws where the queue itself is away. */
  lookAt(entry: ShelfEntry, nowMs: number): void {
    const { name } = entry;
    const stats = lookFor(entry);
    if (stats === undefined) this.#miss(entry);
    // It keeps nobody else waiting.
    else if (typeof stats === "string") this.#setAside(entry, unreadableView(name, stats));
    else if (isIgnoredName(name)) this.#temporary.note(name, stats);
    else if (stats.isDirectory()) this.#lookAtFolder(entry, stats, nowMs);
    else this.#setAside(entry, { kind: "stray", name, what: typeName(stats) });
  }

  /** Forgets all that is not in a listing of the queue. */
  keepOnly(listed: { readonly has: (name: string) => boolean }): void {
    const gone = [...this.#known.keys(), ...this.#strays.keys()].filter((name) => !listed.has(name));
    for (const name of gone) this.forgetFolder(name);
    this.#admissions.keepOnly(listed);
  }

  /** Likewise for temporary names: once what was one has been looked at under its new name. */
  keepOnlyTemporary(listed: { readonly has: (name: string) => boolean }): void {
    this.#temporary.keepOnly(listed);
  }

  /** Has a folder met anew at the next look, under a name that was just given to it. */
  expectAnew(name: string): void {
    this.forgetFolder(name);
    this.names.reserve(name);
  }

  /** Has what the plan sees of a folder made anew. */
  remakeView(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) this.#views.outdateOf(known);
  }

  /** Forgets a folder, but not its admission. */
  forgetFolder(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) this.#surveys.delete(known);
    const wasKnown = this.#known.delete(name);
    const wasStray = this.#strays.delete(name);
    if (wasKnown || wasStray) this.#views.outdate();
  }

  // What is whole waits for no other newcomer.
  #givePlaces(nowMs: number, settleSeconds: number): void {
    const isWhole = ({ arrival, requests }: KnownFolder) =>
      arrival?.readiness(requests.ready, settleSeconds, nowMs).kind === "ready";
    if (this.#freshFolders().some(isWhole)) this.#firstSeen.endLook();
    else this.#firstSeen.endLookIfOver(nowMs);
  }

  #freshFolders(): KnownFolder[] {
    return [...this.#firstSeen.fresh].flatMap((name) => this.#known.get(name) ?? []);
  }

  #placed(): Iterable<KnownFolder> {
    const { fresh } = this.#firstSeen;
    if (fresh.size === 0) return this.#known.values();
    return [...this.#known.values()].filter(({ entry }) => !fresh.has(entry.name));
  }

  /** Takes it for nothing that can run, whatever it was before; an admission is kept. */
  #setAside(entry: ShelfEntry, view: QueueEntry): void {
    this.forgetFolder(entry.name);
    this.#strays.set(entry.name, { entry, view });
  }

  #miss({ name, validUtf8 }: ShelfEntry): void {
    // Throws where it is the queue that is away, a mount perhaps: then nothing is forgotten.
    fs.statSync(this.#folder);
    const known = this.#known.get(name);
    if (known === undefined || known.entry.validUtf8 === validUtf8) this.#forgetAll(name);
  }

  #lookAtFolder(entry: ShelfEntry, stats: fs.Stats, nowMs: number): void {
    const before = this.#known.get(entry.name);
    const isSame = before?.entry.validUtf8 === entry.validUtf8;
    this.#look(isSame ? before : this.#meet(entry, stats, nowMs), stats, nowMs);
  }

  #meet(entry: ShelfEntry, stats: fs.Stats, nowMs: number): KnownFolder {
    this.forgetFolder(entry.name);
    this.names.endReservation(entry.name);
    this.#firstSeen.note(entry.name, nowMs);
    const admission = this.#admissions.get(entry.name);
    const isAdmitted =
      admission !== undefined && admission.folderMtimeMs === stats.mtimeMs && admission.fingerprint !== "";
    const known = firstSeen(entry, stats.mtimeMs, admission, isAdmitted, this.#rules);
    this.#known.set(entry.name, known);
    this.#views.outdateOf(known);
    if (!isAdmitted) {
      surveyAnew(known, this.#temporary.had(entry.name, stats)).advance(nowMs, FIRST_LOOK_BUDGET_MS);
      this.#surveys.add(known);
    }
    return known;
  }

  #look(known: KnownFolder, stats: fs.Stats, nowMs: number): void {
    const admission = this.#admissions.get(known.entry.name);
    if (!lookAgain(known, stats, admission, nowMs)) return;
    if (known.arrival !== undefined) this.#surveys.add(known);
    this.#views.outdateOf(known);
  }

  /** Forgets what is no longer in the queue: one of its name that comes later is a newcomer. */
  #forgetAll(name: string): void {
    this.forgetFolder(name);
    this.names.forget(name);
    this.#firstSeen.forget(name);
    this.#admissions.delete(name);
  }
}

/** Folders with temporary names, remembered by their identity: they are known by it once they are renamed. */
class TemporaryNames {
  readonly #names = new Map<string, string>();

  /** Remembers what has a temporary name now. */
  note(name: string, stats: fs.Stats): void {
    this.#names.set(identityOf(stats), name);
  }

  /** Whether what has this name now had its temporary form before. */
  had(name: string, stats: fs.Stats): boolean {
    const before = this.#names.get(identityOf(stats));
    return before !== undefined && finalNameOf(before) === name;
  }

  /** Forgets those whose temporary names are in no listing of the queue any more. */
  keepOnly(listed: { readonly has: (name: string) => boolean }): void {
    for (const [identity, name] of this.#names) if (!listed.has(name)) this.#names.delete(identity);
  }
}
