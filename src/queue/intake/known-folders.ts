import fs from "node:fs";
import { isIgnoredName } from "../../job/names.ts";
import type { QueueEntry } from "../../plan/snapshot.ts";
import { lookFor, type StageEntry } from "../stages.ts";
import type { Admissions } from "./admissions.ts";
import type { ScanRules } from "./arrival.ts";
import type { JobFile } from "./job-file.ts";
import { KnownFolder } from "./known-folder.ts";
import { LooseThings } from "./loose-things.ts";
import { FirstSeen, QueueNames, TemporaryNames } from "./queue-names.ts";

/** All that is known of each thing in the queue folder: its last look, and the plan's view of it. */
export class KnownFolders {
  readonly #folder: string;
  readonly #admissions: Admissions;
  readonly #known = new Map<string, KnownFolder>();
  /** Those that are being surveyed: they arrive, or something about them has changed. */
  readonly #surveyed = new Set<KnownFolder>();
  readonly #loose = new LooseThings();
  /** The things with temporary names, which are known again once they are renamed. */
  readonly temporary = new TemporaryNames();
  /** The order in which things were seen, long before they are looked at perhaps. */
  readonly firstSeen: FirstSeen;
  readonly #rules: ScanRules;
  /** The owners of names. */
  readonly names = new QueueNames(this.#known);
  /** All as the plan sees them; undefined when that has to be made anew. */
  #views: readonly QueueEntry[] | undefined;

  constructor(folder: string, admissions: Admissions, rules: ScanRules) {
    this.#folder = folder;
    this.#admissions = admissions;
    this.#rules = rules;
    this.firstSeen = new FirstSeen(admissions, rules.closelyMs);
  }

  /** The folder that was looked at under a name. */
  get(name: string): KnownFolder | undefined {
    return this.#known.get(name);
  }

  /** The plain file that was looked at under a name and may be a job. */
  jobFile(name: string): JobFile | undefined {
    return this.#loose.jobFile(name);
  }

  /** The entry that was looked at under a name, a stray too. */
  find(name: string): StageEntry | undefined {
    return this.#known.get(name)?.entry ?? this.#loose.get(name);
  }

  /** True where something of this name, read this way, has been looked at. */
  has({ name, validUtf8 }: StageEntry): boolean {
    return this.#known.get(name)?.entry.validUtf8 === validUtf8 || this.#loose.get(name) !== undefined;
  }

  /** True where something has changed since `views` was last asked for. */
  get isChanged(): boolean {
    return this.#views === undefined;
  }

  /** As the plan sees them, once they have a place; the same list as before if nothing has changed. */
  views(nowMs: number, settleSeconds: number): readonly QueueEntry[] {
    this.#givePlaces(nowMs, settleSeconds);
    // The time for which a folder has been quiet changes.
    for (const known of this.#surveyed) this.#outdate(known);
    if (this.#loose.isArriving) this.#views = undefined;
    this.#views ??= [
      ...Array.from(this.#placed(), (known) => known.viewNow(this.#admissions, settleSeconds, nowMs)),
      ...this.#loose.views((name) => this.#admissions.placeOf(name), settleSeconds, nowMs),
    ];
    return this.#views;
  }

  /** The time of the next survey on the monotonic clock; infinity when nothing is surveyed. */
  nextSurveyMs(): number {
    let next = this.#loose.nextLookMs;
    for (const { arrival } of this.#surveyed) {
      if (arrival !== undefined && arrival.nextSurveyMs < next) next = arrival.nextSurveyMs;
    }
    return next;
  }

  /** Everything there is, one after the other, including what comes meanwhile. */
  *entries(): Generator<StageEntry, void> {
    // Taken first, as a look at a stray puts it in anew.
    yield* this.#loose.entries();
    for (const { entry } of this.#known.values()) yield entry;
  }

  /** Goes on with the surveys that are due, until a time on the monotonic clock; true when one has become whole. */
  survey(nowMs: number, until: number): boolean {
    let completed = false;
    for (const entry of this.#loose.due(nowMs)) {
      if (performance.now() >= until) break;
      this.lookAt(entry, nowMs);
    }
    for (const { arrival } of this.#surveyed) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      if (arrival === undefined || arrival.nextSurveyMs > nowMs) continue;
      arrival.advance(nowMs, leftMs);
      completed ||= arrival.nextSurveyMs > nowMs;
    }
    return completed;
  }

  /** Lets the admitted folders that were surveyed again wait on if they are unchanged, otherwise arrive anew. */
  settleAdmitted(): void {
    for (const known of this.#surveyed) {
      const admission = known.settleSurvey(this.#admissions.get(known.entry.name));
      if (admission === undefined) continue;
      this.#surveyed.delete(known);
      this.#admissions.set(admission);
      this.#outdate(known);
    }
  }

  /** Looks at one entry. Throws where the queue itself is away. */
  lookAt(entry: StageEntry, nowMs: number): void {
    const { name } = entry;
    const stats = lookFor(entry);
    if (stats === undefined) this.#miss(entry);
    // It keeps nobody else waiting.
    else if (typeof stats === "string") this.#setAside(entry, unreadableView(name, stats));
    else if (isIgnoredName(name)) this.temporary.note(name, stats);
    else if (stats.isDirectory()) this.#lookAtFolder(entry, stats, nowMs);
    else this.#lookAtLoose(entry, stats, nowMs);
  }

  /** Forgets all that is not in a listing of the queue. */
  keepOnly(listed: { readonly has: (name: string) => boolean }): void {
    const gone = [...this.#known.keys(), ...this.#loose.names].filter((name) => !listed.has(name));
    for (const name of gone) this.forgetFolder(name);
    this.#admissions.keepOnly(listed);
  }

  /** Has a folder met anew at the next look, under a name that was just given to it. */
  expectAnew(name: string): void {
    this.forgetFolder(name);
    this.names.reserve(name);
  }

  /** Has what the plan sees of a folder made anew. */
  remakeView(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) this.#outdate(known);
  }

  /** Forgets a folder, but not its admission. */
  forgetFolder(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) this.#surveyed.delete(known);
    const wasKnown = this.#known.delete(name);
    const wasStray = this.#loose.forget(name);
    if (wasKnown || wasStray) this.#views = undefined;
  }

  #outdate(known: KnownFolder): void {
    known.view = undefined;
    this.#views = undefined;
  }

  // A whole folder waits for no other newcomer.
  #givePlaces(nowMs: number, settleSeconds: number): void {
    const isWhole = (name: string) =>
      this.#known.get(name)?.isWhole(settleSeconds, nowMs) ?? this.#loose.isWhole(name, settleSeconds, nowMs);
    if ([...this.firstSeen.fresh].some(isWhole)) this.firstSeen.endLook();
    else this.firstSeen.endLookIfOver(nowMs);
  }

  #placed(): Iterable<KnownFolder> {
    const { fresh } = this.firstSeen;
    if (fresh.size === 0) return this.#known.values();
    return [...this.#known.values()].filter(({ entry }) => !fresh.has(entry.name));
  }

  /** Takes it for nothing that can run, whatever it was before; an admission is kept. */
  #setAside(entry: StageEntry, view: QueueEntry): void {
    this.forgetFolder(entry.name);
    this.#loose.setAside(entry, view);
  }

  #lookAtLoose(entry: StageEntry, stats: fs.Stats, nowMs: number): void {
    const { name } = entry;
    if (this.#known.has(name)) this.forgetFolder(name);
    this.#loose.look(entry, stats, nowMs, this.temporary.had(name, stats));
    if (this.jobFile(name) !== undefined) this.firstSeen.note(name, nowMs);
    this.#views = undefined;
  }

  #miss({ name, validUtf8 }: StageEntry): void {
    // Throws where it is the queue that is away, a mount perhaps: then nothing is forgotten.
    fs.statSync(this.#folder);
    const known = this.#known.get(name);
    if (known === undefined || known.entry.validUtf8 === validUtf8) this.#forgetAll(name);
  }

  #lookAtFolder(entry: StageEntry, stats: fs.Stats, nowMs: number): void {
    const before = this.#known.get(entry.name);
    const isSame = before?.entry.validUtf8 === entry.validUtf8;
    this.#look(isSame ? before : this.#meet(entry, stats, nowMs), stats, nowMs);
  }

  #meet(entry: StageEntry, stats: fs.Stats, nowMs: number): KnownFolder {
    this.forgetFolder(entry.name);
    this.names.endReservation(entry.name);
    this.firstSeen.note(entry.name, nowMs);
    const admission = this.#admissions.get(entry.name);
    const known = new KnownFolder(entry, stats.mtimeMs, admission, this.#rules);
    this.#known.set(entry.name, known);
    this.#outdate(known);
    if (!known.admitted) {
      known.surveyAnew(nowMs, this.temporary.had(entry.name, stats));
      this.#surveyed.add(known);
    }
    return known;
  }

  #look(known: KnownFolder, stats: fs.Stats, nowMs: number): void {
    const admission = this.#admissions.get(known.entry.name);
    if (!known.lookAgain(stats, admission, nowMs)) return;
    if (known.arrival !== undefined) this.#surveyed.add(known);
    this.#outdate(known);
  }

  /** Forgets what is no longer in the queue: one of its name that comes later is a newcomer. */
  #forgetAll(name: string): void {
    this.forgetFolder(name);
    this.names.forget(name);
    this.firstSeen.forget(name);
    this.#admissions.delete(name);
  }
}

/** Something that the disk does not show, as the plan sees it; `why` is the system's code. */
function unreadableView(name: string, why: string): QueueEntry {
  const readiness = { kind: "unreadable", why } as const;
  return { kind: "arriving", name, bytes: 0, files: 0, readiness, killRequested: false };
}
