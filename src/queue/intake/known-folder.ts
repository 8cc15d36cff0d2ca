import type fs from "node:fs";
import { foldName } from "../../job/names.ts";
import type { Arriving, QueueEntry, Waiting } from "../../plan/snapshot.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { NO_REQUESTS, type Requests, RequestWatch } from "../requests.ts";
import type { StageEntry } from "../stages.ts";
import type { Admission, Admissions } from "./admissions.ts";
import { Arrival, type ScanRules } from "./arrival.ts";
import { infoStamp } from "./info-file.ts";

/** Small folders are surveyed at the first look. */
const FIRST_LOOK_BUDGET_MS = 5;

/** A busy queue has many passes a second; a person who edits a file need not be seen in each. */
const INFO_LOOK_GAP_MS = 1000;

/** One folder in the queue, and what is known of it between two scans. */
export class KnownFolder {
  readonly entry: StageEntry;
  readonly folded: string;
  /** Present while the folder is arriving, or while a waiting one is surveyed again. */
  arrival: Arrival | undefined;
  admitted: boolean;
  /** The entry as the plan sees it; undefined when that has to be made anew. */
  view: QueueEntry | undefined;
  #requests: Requests = NO_REQUESTS;
  #mtimeMs: number;
  /** The stamp of an admitted job's info file when it was read. */
  #infoStamp: string | undefined;
  /** The time of the last comparison, on the monotonic clock. */
  #infoLookedMs = Number.NEGATIVE_INFINITY;
  /** Looks for requests; absent where the name is no UTF-8, which leads nowhere as text. */
  readonly #requestWatch: RequestWatch | undefined;
  readonly #rules: ScanRules;

  /** @param admission by an earlier manager, perhaps; it counts while the folder's own mtime is the same */
  constructor(entry: StageEntry, mtimeMs: number, admission: Admission | undefined, rules: ScanRules) {
    this.entry = entry;
    this.folded = foldName(entry.name);
    this.admitted = admission?.folderMtimeMs === mtimeMs && admission.fingerprint !== "";
    this.#mtimeMs = mtimeMs;
    this.#infoStamp = admission?.infoStamp;
    this.#requestWatch = typeof entry.path === "string" ? new RequestWatch(entry.path) : undefined;
    this.#rules = rules;
  }

  /** Has the folder surveyed from the beginning. */
  surveyAnew(nowMs: number, renamedFromTemporary: boolean): void {
    this.#expectSurvey(renamedFromTemporary).advance(nowMs, FIRST_LOOK_BUDGET_MS);
  }

  /** Looks at the folder once more; true when what the plan sees of it has to be made anew. */
  lookAgain({ mtimeMs }: fs.Stats, admission: Admission | undefined, nowMs: number): boolean {
    const moved = mtimeMs !== this.#mtimeMs;
    this.#mtimeMs = mtimeMs;
    // A survey made before does not tell of this change.
    if (moved && this.admitted) this.#expectSurvey(false);
    const edited = this.admitted && this.#noticeNewInfo(admission, nowMs);
    if (edited) {
      this.admitted = false;
      this.surveyAnew(nowMs, false);
    }
    return this.#takeRequests(nowMs) || edited || (moved && this.admitted);
  }

  /**
   * Decides about an admitted folder that is surveyed again, once that survey is whole. Changed, it arrives anew;
   * unchanged, it waits on, and its admission is returned with the folder's present mtime.
   */
  settleSurvey(admission: Admission | undefined): Admission | undefined {
    const survey = this.arrival?.survey;
    if (!this.admitted || admission === undefined || survey === undefined) return undefined;
    this.admitted = survey.fingerprint === admission.fingerprint;
    if (!this.admitted) return undefined;
    this.arrival = undefined;
    return { ...admission, folderMtimeMs: this.#mtimeMs };
  }

  /** True once it has arrived, so that it can be admitted. */
  isWhole(settleSeconds: number, nowMs: number): boolean {
    return this.arrival?.readiness(this.#requests.ready, settleSeconds, nowMs).kind === "ready";
  }

  /** As the plan sees it: the same value as before if nothing has changed. */
  viewNow(admissions: Admissions, settleSeconds: number, nowMs: number): QueueEntry {
    if (this.view !== undefined) return this.view;
    const { name } = this.entry;
    const admission = this.admitted ? admissions.get(name) : undefined;
    this.view =
      admission === undefined
        ? this.#arriving(admissions.placeOf(name), settleSeconds, nowMs)
        : this.#waiting(admission);
    return this.view;
  }

  #waiting(admission: Admission): Waiting {
    const { fingerprint: _print, folderMtimeMs: _mtime, infoStamp: _stamp, ...admitted } = admission;
    const {
      hold: held,
      kill: killRequested,
      top: topRequested,
      reassign: reassignRequested,
    } = this.#requests;
    return { kind: "waiting", ...admitted, held, killRequested, topRequested, reassignRequested };
  }

  #arriving(place: number | undefined, settleSeconds: number, nowMs: number): Arriving {
    const { bytes = 0, files = 0 } = this.arrival?.survey ?? {};
    const readiness = this.arrival?.readiness(this.#requests.ready, settleSeconds, nowMs);
    return withoutUndefined({
      kind: "arriving" as const,
      name: this.entry.name,
      place,
      bytes,
      files,
      readiness: readiness ?? { kind: "unseen" as const },
      killRequested: this.#requests.kill,
    });
  }

  #expectSurvey(renamedFromTemporary: boolean): Arrival {
    this.arrival = new Arrival(this.entry.path, renamedFromTemporary, this.#rules);
    return this.arrival;
  }

  /**
   * Compares a waiting job's info file, once a second at most, with how it was when it was read; true when it has changed.
   * An edit in place does not move the folder's mtime, and what the job asks for must not come as a surprise at its start.
   */
  #noticeNewInfo(admission: Admission | undefined, nowMs: number): boolean {
    const { path } = this.entry;
    if (admission === undefined || typeof path !== "string") return false;
    if (nowMs - this.#infoLookedMs < INFO_LOOK_GAP_MS) return false;
    this.#infoLookedMs = nowMs;
    const stamp = infoStamp(path, admission.info.infoFile);
    this.#infoStamp ??= stamp;
    return this.#infoStamp !== stamp;
  }

  #takeRequests(nowMs: number): boolean {
    const before = this.#requests;
    this.#requests = this.#requestWatch?.look(this.#mtimeMs, nowMs) ?? NO_REQUESTS;
    return this.#requests !== before;
  }
}
