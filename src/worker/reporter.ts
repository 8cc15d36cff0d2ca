import path from "node:path";
import { errorCode } from "../disk/error-code.ts";
import { type Report, type ReportedAttempt, readReport, writeReport } from "../queue/workers/report.ts";
import { makeWorkerFolder } from "../queue/workers/worker-files.ts";
import { QmError } from "../text/errors.ts";

/** The part of a report that changes. */
export type News = Pick<Report, "state" | "offer" | "attempts"> & Pick<Partial<Report>, "unhealthy">;

/** The part of a report that tells who reports. */
export type Reporting = Pick<Report, "worker" | "instance" | "machineId" | "host" | "bootId" | "program">;

const SHORTEST_GAP_MS = 1000;
const LONGEST_GAP_MS = 4000;

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
    this.#isNews = toTell(news) !== this.#told;
    if (nowMs >= this.dueMs) this.write(news, nowMs);
  }

  /**
   * Reports at once. Throws `refused` where another machine, or another process of this one, reports under the same name; what the file
   * system throws.
   */
  write(news: News, nowMs: number): void {
    this.#refuseOther();
    this.#sequence += 1;
    const head = { version: 1 as const, ...this.#who, sequence: this.#sequence };
    this.#put({ ...head, writtenAt: new Date().toISOString(), ...news });
    this.#writtenMs = nowMs;
    this.#told = toTell(news);
    // A manager hears of a worker once its report has changed: the first change follows soon.
    this.#isNews = this.#sequence === 1;
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

/** The part that is worth telling soon: all but what changes by itself. */
function toTell(news: News): string {
  const attempts = Object.entries(news.attempts).map(([runId, attempt]) => [runId, lasting(attempt)]);
  return JSON.stringify({ ...news, attempts });
}

function lasting({ peakMemoryBytes: _peak, endingSeconds: _ending, evidence, ...attempt }: ReportedAttempt) {
  return { ...attempt, evidence: { ...evidence, uptimeSeconds: 0 } };
}
