import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type PublishedStatus, parseStatus } from "../../src/job/published-status.ts";
import { type JobRecord, parseRecord } from "../../src/job/record.ts";
import { readHistory } from "../../src/queue/books/history.ts";
import { JOB_FILES, type Layout, layoutOf, STAGES, type Stage } from "../../src/queue/layout.ts";
import { endedRecord, type RecordChanges } from "./job-record.ts";
import { publishStatus } from "./published-status.ts";
import { fill, scratchFolder } from "./scratch.ts";
import { PATIENCE_MS, until } from "./until.ts";

/** Values of one section of the configuration; everything else keeps its default. */
export type Settings = Readonly<Record<string, string | number>>;

/** A whole configuration: its sections by name. */
export type Sections = Readonly<Record<string, Settings>>;

/** Options of a job's info file and further files of its folder, by relative path. */
export type JobOptions = Readonly<Record<string, string | number>>;
export type JobFiles = Readonly<Record<string, string>>;

/** A queue in a temporary folder that every user may enter, removed after the test. */
export function makeQueueFolder(): QueueFolder {
  return new QueueFolder(scratchFolder());
}

/** A queue in a temporary folder of its own with its configuration beside it, driven by nobody. */
export class QueueFolder {
  readonly base: string;
  readonly layout: Layout;
  readonly configFile: string;
  #staged = 0;

  constructor(
    base = fs.mkdtempSync(path.join(os.tmpdir(), "qm-test-")),
    folders: readonly (Stage | "state")[] = [...STAGES, "state"],
  ) {
    fs.mkdirSync(base, { recursive: true });
    this.base = fs.realpathSync(base);
    this.layout = layoutOf(path.join(this.base, "QM"));
    this.configFile = path.join(this.base, "QMserv.cfg");
    for (const folder of folders) fs.mkdirSync(this.layout[folder], { recursive: true });
  }

  /** Writes the whole configuration anew. */
  writeConfig(sections: Sections): void {
    fs.writeFileSync(this.configFile, configText(sections));
  }

  /** Adds sections to the configuration. */
  addConfig(sections: Sections): void {
    fs.appendFileSync(this.configFile, configText(sections));
  }

  /** Writes a file beside the queue, with the folders that it needs. */
  write(file: string, text: string, mode = 0o644): string {
    const target = path.join(this.base, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text, { mode });
    return target;
  }

  /** Makes a job folder beside the queue. */
  makeJob(name: string, options: JobOptions, files: JobFiles = {}): string {
    const folder = path.join(this.base, name);
    fs.mkdirSync(folder, { recursive: true });
    const lines = Object.entries(options).map(([key, value]) => `${key} : ${value}\n`);
    const info = lines.length > 0 ? { "proc_config.cfg": `[QMOptions]\n${lines.join("")}` } : {};
    return fill(folder, { ...info, ...files });
  }

  /** Likewise, under a name that matters to nobody. */
  stage(options: JobOptions, files: JobFiles = {}): string {
    this.#staged += 1;
    return this.makeJob(path.join("staged", String(this.#staged)), options, files);
  }

  /** Puts a job folder into one of the queue's folders, whole, by one rename. */
  put(stage: Stage, name: string, options: JobOptions = { script: "true" }, files: JobFiles = {}): string {
    const folder = this.folder(stage, name);
    fs.renameSync(this.stage(options, files), folder);
    return folder;
  }

  /** Puts a job folder into the queue with `QM_READY` in it, so that it is taken at once. */
  deliver(name: string, options: JobOptions, files: JobFiles = {}): string {
    return this.put("queue", name, options, { QM_READY: "", ...files });
  }

  /** Puts an ended job into its folder and into the history, as the manager does. */
  putEnded(name: string, fields: RecordChanges = {}, stage: Stage = "finished"): string {
    return this.putRecord(endedRecord(name, fields), stage, {
      [JOB_FILES.log]: "first\nsecond\nthird\n",
    });
  }

  /** Likewise with exactly this record and these files; a folder of this name is used as it is. */
  putRecord(record: JobRecord, stage: Stage = "finished", files: JobFiles = {}): string {
    const folder = this.folder(stage, record.name);
    fill(folder, { ...files, [JOB_FILES.record]: JSON.stringify(record) });
    this.appendHistory(record);
    return folder;
  }

  /** Puts many ended jobs there at once: of each a bare folder and its line in the history. */
  putManyEnded(records: readonly JobRecord[]): void {
    for (const { name } of records) fs.mkdirSync(this.folder("finished", name));
    this.appendHistory(records);
  }

  /** Adds lines to the history as the manager does, closing a torn one first. */
  appendHistory(added: JobRecord | readonly JobRecord[]): void {
    const lines = [added].flat().map((record) => `${JSON.stringify(record)}\n`);
    const history = fs.openSync(this.layout.history, "a+");
    const start = isTorn(history) ? "\n" : "";
    fs.writeSync(history, `${start}${lines.join("")}`);
    fs.closeSync(history);
  }

  /** Publishes a status as a manager does that lives on another machine. */
  publish(changes: Partial<PublishedStatus> = {}): void {
    publishStatus(this.layout, changes);
  }

  /** The folders of the queue in which a job of this name lies. */
  stagesOf(name: string): Stage[] {
    return STAGES.filter((stage) => fs.existsSync(this.folder(stage, name)));
  }

  folder(stage: Stage, name: string): string {
    return path.join(this.layout[stage], name);
  }

  /** A file of a job's folder, wherever that lies; undefined while it is not there. */
  read(name: string, file: string): string | undefined {
    for (const stage of STAGES) {
      const text = readIfThere(path.join(this.folder(stage, name), file));
      if (text !== undefined) return text;
    }
    return undefined;
  }

  record(name: string): JobRecord | undefined {
    const text = this.read(name, JOB_FILES.record);
    return text === undefined ? undefined : parseRecord(text);
  }

  status(): PublishedStatus | undefined {
    const text = readIfThere(this.layout.status);
    return text === undefined ? undefined : parseStatus(text);
  }

  /** Lines of the history about a job, or all. */
  history(name?: string): JobRecord[] {
    const all = readHistory(this.layout.history);
    return name === undefined ? all : all.filter((record) => record.name === name);
  }

  /** Folders of attempts that have not been accounted for. */
  attempts(): string[] {
    const workers = path.join(this.layout.state, "workers");
    if (!fs.existsSync(workers)) return [];
    const names = fs.readdirSync(workers).flatMap((worker) => fs.readdirSync(path.join(workers, worker)));
    // Beside them lie the files of a worker on another machine.
    return names.filter((name) => /\.\d+$/.test(name) || name.startsWith(".leaving-"));
  }

  /** Puts a request into the folder of a waiting or running job. */
  request(stage: Stage, name: string, request: string, by = "tester"): void {
    fs.writeFileSync(path.join(this.folder(stage, name), request), `${by}\n`);
  }

  /** Waits until a job rests in QM_dJobs or QM_lost+found, and gives its record. */
  async ended(name: string, timeoutMs = PATIENCE_MS): Promise<JobRecord> {
    return await until(
      `the end of ${name}`,
      () => {
        const rests = this.stagesOf(name).some((stage) => stage === "finished" || stage === "lost");
        const record = rests ? this.record(name) : undefined;
        return record?.state === "running" ? undefined : record;
      },
      { timeoutMs },
    ).catch((error: Error) => {
      throw new Error(`${error.message}; it lies in ${this.stagesOf(name).join()}; ${this.account()}`);
    });
  }

  /** Waits until a job runs and has a log. */
  async started(name: string): Promise<void> {
    const log = path.join(this.folder("running", name), JOB_FILES.log);
    await until(`the start of ${name}`, () => fs.existsSync(log));
  }

  /** Waits until a file with a whole line is in a running job's folder: that much of its script has run. */
  async wrote(name: string, file: string): Promise<string> {
    return await until(`${file} of ${name}`, () => {
      const text = readIfThere(path.join(this.folder("running", name), file));
      return text?.endsWith("\n") === true && text;
    });
  }

  /** Every process that bears this queue's mark in its environment: shims and jobs. */
  processes(): number[] {
    const mark = `QM_FOLDER=${this.layout.root}\0`;
    return fs.readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
      return readIfThere(`/proc/${name}/environ`)?.includes(mark) ? [Number(name)] : [];
    });
  }

  /** The manager's own account of what it did, for a test that fails. */
  protected account(): string {
    return "no manager was asked";
  }

  /** Ends every shim and job of this queue. */
  protected async endProcesses(): Promise<void> {
    await until("the end of the queue's processes", () => {
      const left = this.processes();
      for (const pid of left) killIfThere(pid);
      return left.length === 0;
    });
  }

  /** Removes what was made. */
  async close(): Promise<void> {
    fs.rmSync(this.base, { recursive: true, force: true });
  }
}

/** The text of a configuration. */
export function configText(sections: Sections): string {
  const parts = Object.entries(sections).map(([name, settings]) => {
    const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
    return `[${name}]\n${lines.join("")}`;
  });
  return parts.join("");
}

/** True if an open file of lines ends in the midst of one. */
function isTorn(file: number): boolean {
  const last = Buffer.alloc(1);
  const { size } = fs.fstatSync(file);
  return size > 0 && fs.readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
}

/** The content of a file, undefined while it is not there or cannot be read. */
function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile.
  }
}

/** True if a process with this number runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat !== undefined && !/\) [ZX] /.test(stat);
}
