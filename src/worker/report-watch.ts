import type { Hearing } from "../plan/worker.ts";
import { newsOf, type Report, readReport } from "../queue/workers/report.ts";
import { shortTime } from "../text/local-time.ts";
import { tryOr } from "../text/try-or.ts";

/** Longer than a living worker lets pass between two reports, and than a mount shows an old one. */
const SILENCE_MS = 30_000;

/** The report of one worker as another machine reads it, and whether that worker is heard of. No clocks of two machines are compared. */
export class ReportWatch {
  readonly #file: string;
  #report: Report | undefined;
  #text: string | undefined;
  #newerVersion: number | undefined;
  /** Since when this process has watched, and when the report was last seen to change; on the monotonic clock. */
  readonly #sinceMs: number;
  #changedMs: number | undefined;
  #nowMs: number;
  #lastWordMs = 0;

  constructor(file: string, nowMs: number) {
    this.#file = file;
    this.#sinceMs = nowMs;
    this.#nowMs = nowMs;
  }

  /** The last good report; undefined where none was read yet. */
  get report(): Report | undefined {
    return this.#report;
  }

  /**
   * Reads the report. True where it tells more than that its worker lives. Never throws: what cannot be read now tells nothing, and the last
   * good report stands.
   */
  look(nowMs: number): boolean {
    this.#nowMs = nowMs;
    const [wasHeardOf, told] = [this.isHeardOf, this.#report];
    const found = tryOr(() => readReport(this.#file), { kind: "torn" } as const);
    this.#newerVersion = found.kind === "newer" ? found.version : undefined;
    if (found.kind !== "report" || found.text === this.#text || this.#isOlder(found.report)) return false;
    // The first is read, not heard: its worker may be gone for a year.
    if (this.#text !== undefined) this.#changedMs = nowMs;
    // The clock of another machine may be hours off.
    this.#lastWordMs = this.#text === undefined ? Date.parse(found.report.writtenAt) : Date.now();
    this.#text = found.text;
    this.#report = found.report;
    return !wasHeardOf || told === undefined || newsOf(told) !== newsOf(found.report);
  }

  // Some mounts show for a moment what a file held before.
  #isOlder({ instance, sequence }: Report): boolean {
    return this.#report?.instance === instance && sequence < this.#report.sequence;
  }

  /** The reason why the worker is given nothing now, in words for people; undefined where it is heard of and works. */
  get closed(): string | undefined {
    const report = this.#report;
    if (this.#newerVersion !== undefined)
      return `its program is of a later version than the manager's (reports of version ${this.#newerVersion})`;
    if (report === undefined) return "no word from it yet";
    const at = shortTime(new Date(this.#lastWordMs).toISOString(), new Date());
    if (report.state === "stopped") return `it was stopped at ${at}`;
    if (!this.isHeardOf)
      return this.#isNew ? "not heard of yet since the manager's start" : `no word since ${at}`;
    return report.state === "drains" ? "it is being stopped" : report.unhealthy;
  }

  /** The time of its last word for people: by the clock of this machine, but for what was said before this process has watched. */
  get lastWordMs(): number {
    return this.#lastWordMs;
  }

  /** True while its report changes. */
  get isHeardOf(): boolean {
    return this.#changedMs !== undefined && this.#nowMs - this.#changedMs < SILENCE_MS;
  }

  /** The way in which it is heard of. */
  get hearing(): Hearing {
    if (this.#report?.state === "stopped") return "stopped";
    if (this.isHeardOf) return "heard";
    return this.#isNew ? "awaited" : "silent";
  }

  get #isNew(): boolean {
    return this.#changedMs === undefined && this.#nowMs - this.#sinceMs < SILENCE_MS;
  }
}
