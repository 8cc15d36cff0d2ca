import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { type Audit, auditedScript, readAudit } from "./audit.ts";
import type { Random } from "./random.ts";
import { TestQueue } from "./test-queue.ts";
import { until } from "./until.ts";

const MAX_PROCESSORS = 4;
const CHECKER = path.join(import.meta.dirname, "placement-checker.mjs");

interface Ordered {
  readonly name: string;
  readonly exitCode: number;
}

/** The checker's account of the jobs' places. */
interface Placement {
  readonly looks: number;
  readonly jobs: number;
  readonly violations: readonly string[];
}

/** End of each job, and its expected one. */
interface Results {
  readonly placement: Placement;
  /** Jobs that did not run exactly once, from their start to their end. */
  readonly notOnce: readonly string[];
  /** The numbers of the jobs, each once. */
  readonly numbers: ReadonlySet<number | undefined>;
  readonly mostProcessors: number;
  readonly found: readonly object[];
  readonly expected: readonly object[];
}

/** Jobs of all kinds for a manager that is killed again and again, while a checker looks where they lie. */
export class KilledCourse {
  readonly maxProcessors = MAX_PROCESSORS;
  readonly queue = new TestQueue({ MaxNbProcessors: MAX_PROCESSORS, Poll_Interval: 0.1 });
  readonly #random: Random;
  readonly #auditFile = path.join(this.queue.base, "audit");
  readonly #jobs: Ordered[] = [];
  readonly #checker: ChildProcess;
  #told = "";

  constructor(random: Random) {
    this.#random = random;
    const { queue: waiting, running, finished, lost } = this.queue.layout;
    const checker = spawn(process.execPath, [CHECKER, waiting, running, finished, lost]);
    checker.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#told += text;
    });
    this.#checker = checker;
  }

  get count(): number {
    return this.#jobs.length;
  }

  /** Puts one more job into the queue; they vary in length, processors, exit code, children awaited and left behind. */
  deliver(): void {
    const random = this.#random;
    const exitCode = random.next() < 0.3 ? 3 : 0;
    const sleep = `sleep 0.${String(random.between(10, 150)).padStart(3, "0")}`;
    const kind = random.between(1, 6);
    const body = kind === 1 ? `${sleep} & ${sleep} & wait` : kind === 2 ? `sleep 30 &\n${sleep}` : sleep;
    const name = `job-${this.#jobs.length}`;
    this.queue.deliver(
      name,
      { script: "run.sh", nb_proc: random.between(1, MAX_PROCESSORS) },
      { "run.sh": auditedScript(this.#auditFile, exitCode, body) },
    );
    this.#jobs.push({ name, exitCode });
  }

  /** True once every job delivered so far has ended and is accounted for. */
  isAtRest(): boolean {
    const { finished, lost } = this.queue.layout;
    const resting = fs.readdirSync(finished).length + fs.readdirSync(lost).length;
    return resting === this.#jobs.length && this.queue.attempts().length === 0;
  }

  /** Lets a last manager put everything right, and tells what came of it all. */
  async results(): Promise<Results> {
    await this.queue.start();
    await until("the end of all jobs and of their accounting", () => this.isAtRest());
    const placement = await this.#verdict();
    const audit = readAudit(this.#auditFile);
    return {
      placement,
      notOnce: this.#jobs.map(({ name }) => name).filter((name) => !ranOnce(audit, name)),
      numbers: new Set(this.#jobs.map(({ name }) => this.queue.record(name)?.number)),
      mostProcessors: audit.mostProcessors,
      found: this.#jobs.map(({ name }) => this.#resultOf(name)),
      expected: this.#jobs.map(expectedOf),
    };
  }

  /** Ends every process and removes the queue. */
  async close(): Promise<void> {
    this.#checker.kill("SIGKILL");
    await this.queue.close();
  }

  async #verdict(): Promise<Placement> {
    this.#checker.kill("SIGTERM");
    return await until("the checker's verdict", () => {
      const [, verdict] = this.#told.split("\n");
      return verdict ? (JSON.parse(verdict) as Placement) : undefined;
    });
  }

  #resultOf(name: string): object {
    const record = this.queue.record(name);
    return {
      name,
      stages: this.queue.stagesOf(name),
      state: record?.state,
      exitCode: record?.exitCode,
      attempt: record?.attempt,
      lines: this.queue.history(name).map((line) => `${line.state} ${line.exitCode}`),
    };
  }
}

function ranOnce({ starts, stops }: Audit, name: string): boolean {
  return starts.get(name) === 1 && stops.get(name) === 1;
}

function expectedOf({ name, exitCode }: Ordered): object {
  const state = exitCode === 0 ? "done" : "failed";
  return { name, stages: ["finished"], state, exitCode, attempt: 1, lines: [`${state} ${exitCode}`] };
}
