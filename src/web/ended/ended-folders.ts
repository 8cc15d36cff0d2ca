import fs from "node:fs/promises";
import path from "node:path";
import { isIgnoredName } from "../../job/names.ts";
import { readJobRecord } from "../../queue/books/job-records.ts";
import { JOB_FILES, type Layout } from "../../queue/layout.ts";
import { type EndedAttempt, type EndedStage, endedAttemptOf, unrecordedJob } from "./ended-attempt.ts";
import type { EndedHistory } from "./ended-history.ts";

const ENDED_STAGES: readonly EndedStage[] = ["finished", "lost"];

/** A listing of a hundred thousand names takes its time: then it is made the more seldom. */
const REST_FACTOR = 20;
const MIN_REST_MS = 500;
/** Longer than one tick of any file system's clock; some count in whole seconds. */
const TICK_MS = 2500;

interface FoundRecord {
  /** Another one once the record has been replaced, by another folder of that name too. */
  readonly stamp: string;
  /** Under the folder's name; its state may be `running`. */
  readonly attempt: EndedAttempt | undefined;
}

/**
 * The folders of ended jobs: the stage of each, and the job in it, by its own record, which a rename or a copy takes along, else by
 * its name. The stages are read anew when their own mtime has moved, a record that is looked at when it has changed.
 */
export class EndedFolders {
  readonly #layout: Layout;
  readonly #history: EndedHistory;
  #stages = new Map<string, EndedStage>();
  readonly #records = new Map<string, FoundRecord>();
  #stamp: string | undefined;
  #restUntilMs = 0;

  constructor(layout: Layout, history: EndedHistory) {
    this.#layout = layout;
    this.#history = history;
  }

  /** The names in the stages, as far as it is known. */
  get names(): Iterable<string> {
    return this.#stages.keys();
  }

  /** The stage of the folder of this name, as far as it is known. */
  stageOf(name: string): EndedStage | undefined {
    return this.#stages.get(name);
  }

  /** The job in the folder of this name, as far as that was looked into. */
  jobOf(name: string): EndedAttempt {
    const latest = this.#history.latestOf(name);
    const own = this.#records.get(name)?.attempt;
    if (own === undefined || own.runId === latest?.runId) return latest ?? unrecordedJob(name);
    if (own.state !== "running") return own;
    const ended = this.#history.endOf(own.runId);
    return ended === undefined ? unrecordedJob(name) : { ...ended, name };
  }

  /** True where neither the history nor, at the last look, a record in the folder tells of this name. */
  isUnexplained(name: string): boolean {
    return this.#history.latestOf(name) === undefined && this.#records.get(name)?.attempt === undefined;
  }

  /** Looks at the stages if they have changed and a look is due; true when there are other names. */
  async refresh(): Promise<boolean> {
    const fromMs = performance.now();
    if (fromMs < this.#restUntilMs) return false;
    const stamp = await this.#currentStamp();
    if (stamp !== undefined && stamp === this.#stamp) return false;
    const stages = await this.#readStages();
    const isOther = !isSame(stages, this.#stages);
    this.#stages = stages;
    this.#stamp = stamp;
    const tookMs = performance.now() - fromMs;
    this.#restUntilMs = fromMs + tookMs + Math.max(MIN_REST_MS, tookMs * REST_FACTOR);
    if (isOther) for (const name of this.#records.keys()) if (!stages.has(name)) this.forget(name);
    return isOther;
  }

  /** Drops the record of this folder, as its job has ended again. */
  forget(name: string): void {
    this.#records.delete(name);
  }

  /** Looks in which stage a folder lies just now; true when that was not known. */
  async find(name: string): Promise<boolean> {
    const stage = await this.#currentStage(name);
    if (stage === this.stageOf(name)) return false;
    if (stage !== undefined) this.#stages.set(name, stage);
    else {
      this.#stages.delete(name);
      this.forget(name);
    }
    return true;
  }

  /** As {@link find}, and looks at the folder's record; true when something of that was not known. */
  async look(name: string): Promise<boolean> {
    const hasMoved = await this.find(name);
    const stage = this.stageOf(name);
    if (stage === undefined) return hasMoved;
    const before = this.jobOf(name);
    await this.#lookAtRecord(name, path.join(this.#layout[stage], name));
    const { runId, state } = this.jobOf(name);
    return hasMoved || runId !== before.runId || state !== before.state;
  }

  async #lookAtRecord(name: string, folder: string): Promise<void> {
    const stats = await fs.lstat(path.join(folder, JOB_FILES.record)).catch(() => undefined);
    const stamp = stats === undefined ? "" : `${stats.dev}:${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    if (this.#records.get(name)?.stamp === stamp) return;
    const record = stats === undefined ? undefined : readJobRecord(folder);
    const attempt = record === undefined ? undefined : endedAttemptOf({ ...record, name });
    this.#records.set(name, { stamp, attempt });
  }

  async #currentStage(name: string): Promise<EndedStage | undefined> {
    for (const stage of ENDED_STAGES) {
      const found = await fs.lstat(path.join(this.#layout[stage], name)).catch(() => undefined);
      if (found?.isDirectory() === true) return stage;
    }
    return undefined;
  }

  async #readStages(): Promise<Map<string, EndedStage>> {
    const stages = new Map<string, EndedStage>();
    for (const stage of ENDED_STAGES)
      for (const entry of await fs.readdir(this.#layout[stage], { withFileTypes: true }))
        if (entry.isDirectory() && isJobName(entry.name) && !stages.has(entry.name))
          stages.set(entry.name, stage);
    return stages;
  }

  /** Another text once a stage has changed; undefined where a change of just now may share its time with the next one. */
  async #currentStamp(): Promise<string | undefined> {
    const stats = await Promise.all(ENDED_STAGES.map((stage) => fs.stat(this.#layout[stage])));
    const isSettled = stats.every(({ mtimeMs }) => Math.abs(Date.now() - mtimeMs) > TICK_MS);
    return isSettled ? stats.map(({ mtimeMs, ino }) => `${mtimeMs} ${ino}`).join(" ") : undefined;
  }
}

// A name whose bytes are no text has lost them here: no address leads to it.
function isJobName(name: string): boolean {
  return !isIgnoredName(name) && !name.includes("\ufffd");
}

function isSame(a: ReadonlyMap<string, EndedStage>, b: ReadonlyMap<string, EndedStage>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, stage] of a) if (b.get(name) !== stage) return false;
  return true;
}
