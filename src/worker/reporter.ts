import path from "node:path";
import { errorCode } from "../disk/error-code.ts";
import { type News, newsOf, type Report, readReport, writeReport } from "../queue/workers/report.ts";
import { makeWorkerFolder } from "../queue/workers/worker-files.ts";
import { QmError } from "../text/errors.ts";

/** The part of a report that tells who reports. */
export type Reporting = Pick<Report, "worker" | "instance" | "machineId" | "host" | "bootId" | "program">;

const SHORTEST_GAP_MS = 1000;
const LONGEST_GAP_MS = 4000;
/** So many follow one another soon. */
const FIRST_REPORTS = 5;

/** Writes the report of this worker. */
export class Reporter {
  readonly #file: string;
  readonly #who: Reporting;
  #sequence = 0;
  #told = "";
  /** On the monotonic clock. */
  #writtenMs = Number.NEGATIVE_INFINITY;
  #isNews = true;

  constructor(file: string, who: Reporting) {
    this.#file = file;
    this.#who = who;
  }

  /** The time at which the next report is due, on the monotonic clock. */
  get dueMs(): number {
    return this.#writtenMs + (this.#isNews ? SHORTEST_GAP_MS : LONGEST_GAP_MS);
  }

  /** Reports, where that is due. Throws as {@link write}. */
  tell(news: News, nowMs: number): void {
    this.#isNews = this.#isFollowedSoon || newsOf(news) !== this.#told;
    if (nowMs >= this.dueMs) this.write(news, nowMs);
  }

  /**
   * Reports at once. Throws `refused` where another machine, or another process of this one, reports under the same name; what the file
   * system throws.
   */
  write(news: News, nowMs: number): void {
    this.#refuseOther();
    const head = { version: 1 as const, ...this.#who, sequence: this.#sequence + 1 };
    this.#put({ ...head, writtenAt: new Date().toISOString(), ...news });
    // One that could not be written has not taken the place of what the worker before has left.
    this.#sequence += 1;
    this.#writtenMs = nowMs;
    this.#told = newsOf(news);
    this.#isNews = this.#isFollowedSoon;
  }

  // A manager hears of a worker once a report that it has seen has changed, and may see the first of them late.
  get #isFollowedSoon(): boolean {
    return this.#sequence < FIRST_REPORTS;
  }

  #put(report: Report): void {
    try {
      writeReport(this.#file, report);
    } catch (error) {
      // Somebody has deleted the folder.
      if (errorCode(error) !== "ENOENT") throw error;
      makeWorkerFolder(path.dirname(this.#file));
      writeReport(this.#file, report);
    }
  }

  // The first one replaces whatever is there: whose the name is was seen before.
  #refuseOther(): void {
    if (this.#sequence === 0) return;
    const found = readReport(this.#file);
    if (found.kind !== "report" || found.report.instance === this.#who.instance) return;
    const { worker, host } = found.report;
    throw new QmError("refused", `another worker calls itself ${worker}: one on ${host}`, {
      path: this.#file,
      mend: "give one of the two another name with --name",
    });
  }
}
