import path from "node:path";
import type { Queue } from "../app/queue.ts";
import { endedJobIn } from "../app/shown-job.ts";
import { locate, type TrackedJob } from "../app/wait-for-end.ts";
import { readLogTail } from "../disk/safe-read.ts";
import { type EndedJob, isWithoutEnd } from "../job/job.ts";
import { readProgress } from "../job/progress.ts";
import { STATE_WORDS } from "../job/words.ts";
import { JOB_FILES } from "../queue/layout.ts";
import { formatDuration } from "../text/duration.ts";
import { escapeControls } from "../text/escape.ts";
import { paintState } from "./describe-end.ts";
import type { Io, Style } from "./terminal/output.ts";
import { cutToWidth } from "./terminal/text-width.ts";

const BAR_WIDTH = 20;

/** One example job on its way through the queue. */
export class DemoJob {
  readonly #queue: Queue;
  #tracked: TrackedJob;
  #end: EndedJob | undefined;
  /** True for the example that shows a failure. */
  readonly isMeantToFail: boolean;

  constructor(queue: Queue, tracked: TrackedJob) {
    this.#queue = queue;
    this.#tracked = tracked;
    this.isMeantToFail = tracked.name.startsWith("failing");
  }

  get name(): string {
    return this.#tracked.name;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** True where it ended as the example is meant to. */
  get isAsMeant(): boolean {
    return this.#end?.state === (this.isMeantToFail ? "failed" : "done");
  }

  /** Its state as one line: `progress-2      running  [######----] 3 / 10`. */
  line(style: Style): LiveLine {
    const where = this.#look();
    const text = `  ${this.name.padEnd(16)} ${where}`;
    const end = this.#end;
    const state = end === undefined || isWithoutEnd(end) ? undefined : end.state;
    return { text, paint: (shown) => (state === undefined ? shown : paintState(style, state, shown)) };
  }

  #look(): string {
    if (this.#end !== undefined) return describe(this.#end);
    const where = locate(this.#queue.layout, this.#tracked);
    if (where === undefined) return "moving on";
    this.#tracked = { ...this.#tracked, name: where.name };
    if (where.stage === "queue") return "waiting";
    if (where.stage === "running") return `running  ${bar(where.folder)}`.trimEnd();
    this.#end = endedJobIn(this.#queue.layout, where);
    return describe(this.#end);
  }
}

function bar(folder: string): string {
  const progress = readProgress(
    readLogTail(path.join(folder, JOB_FILES.log), 64 * 1024)?.toString("utf8") ?? "",
  );
  if (progress === undefined) return "";
  const full = Math.round(progress.fraction * BAR_WIDTH);
  const count = progress.total === undefined ? "" : ` ${progress.done} / ${progress.total}`;
  return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]${count}`;
}

function describe(end: EndedJob): string {
  if (isWithoutEnd(end)) return "gone";
  const { record } = end;
  const word = `${STATE_WORDS[record.state]} `.padEnd(8);
  const time = record.ranSeconds === undefined ? "" : ` in ${formatDuration(record.ranSeconds)}`;
  return record.state === "done" ? `${word}${time}` : `${word}${time}: ${record.reason}`;
}

/** A line of plain text, and its colours once it has been cut to the terminal's width. */
interface LiveLine {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** Lines that are drawn again and again in one place of a terminal; elsewhere only what is new is written. */
export class LiveView {
  readonly #io: Io;
  #drawn: readonly string[] = [];

  constructor(io: Io) {
    this.#io = io;
  }

  /** Draws the lines in place of the last ones: one for each subject, in a steady order. */
  draw(lines: readonly LiveLine[]): void {
    const { stdout } = this.#io;
    const safe = lines.map(({ text, paint }) => ({ text: escapeControls(text), paint }));
    if (stdout.isTTY) {
      const back = this.#drawn.length === 0 ? "" : `\x1b[${this.#drawn.length}A`;
      const body = safe.map(({ text, paint }) => `\x1b[2K${paint(cutToWidth(text, stdout.columns - 1))}\n`);
      stdout.write(back + body.join(""));
    } else {
      for (const [at, { text }] of safe.entries()) if (text !== this.#drawn[at]) stdout.write(`${text}\n`);
    }
    this.#drawn = safe.map(({ text }) => text);
  }
}
