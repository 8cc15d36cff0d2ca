import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { JobRecord } from "../../src/job/record.ts";
import { waitingLetters } from "../manager/mail-fixture.ts";
import { readAudit } from "../support/audit.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import { type Course, liesAsFile } from "./every-call-courses.ts";
import { type Call, isComplete, readCalls, type Traced, tracing } from "./every-call-trace.ts";

/** One thread for file work, so that the calls come in the same order each time. */
export const ONE_THREAD = { UV_THREADPOOL_SIZE: "1" };

/** A look at a whole life takes processor time that the many others that go on meanwhile need. */
export const SELDOM = { pollMs: 80 };

/** One life of a job on a queue of its own. */
export class Life {
  readonly queue: TestQueue;
  readonly traceFile: string;
  readonly #course: Course;
  readonly #auditFile: string;

  /** Delivers the job and lets happen what comes before the manager whose calls matter. */
  static async begin(course: Course): Promise<Life> {
    const life = new Life(course);
    course.deliver(life.queue, life.#auditFile);
    await course.before?.(life.queue, life.#auditFile);
    return life;
  }

  private constructor(course: Course) {
    this.#course = course;
    this.queue = new TestQueue(course.settings);
    leaveEarlierJobs(this.queue);
    // Nobody listens there, so every letter stays where it can be counted.
    if (course.mails) this.queue.addConfig({ Mail: { Smtp: "smtp://127.0.0.1:9", From: "qm@lab.org" } });
    this.traceFile = path.join(this.queue.base, "trace");
    this.#auditFile = path.join(this.queue.base, "audit");
    fs.writeFileSync(this.#auditFile, "");
  }

  /** True once the job has come to its proper end. */
  isOver(): boolean {
    return JSON.stringify(this.#seen()) === JSON.stringify(this.#expected());
  }

  /** Waits for the job's end, and that it stays so when nothing runs any more; gives what is wrong otherwise. */
  async whatIsWrong(): Promise<string | undefined> {
    try {
      await until("the job's end", () => this.isOver(), SELDOM);
      await until("the end of every process", () => this.queue.processes().length === 0, SELDOM);
    } catch {
      return this.#complaint();
    }
    return this.isOver() ? undefined : this.#complaint();
  }

  /** A fault that must not be there at any moment, whatever has just died; undefined when all is well. */
  whatIsLeftWrong(): string | undefined {
    const { stages, history, letters, starts } = this.#seen();
    const course = this.#course;
    const isRight =
      stages.length === 1 &&
      history.every((line, index) => line === course.history[index]) &&
      starts <= course.starts &&
      (!course.mails || letters >= history.length) &&
      (stages[0] !== course.stage || history.length === course.history.length);
    return isRight ? undefined : `right after it ${this.#complaint()}`;
  }

  #complaint(): string {
    const [seen, expected] = [this.#seen(), this.#expected()].map((each) => JSON.stringify(each));
    return `${seen} instead of ${expected}\n${this.queue.said}`;
  }

  #expected() {
    const { stage, history, starts, mails } = this.#course;
    return {
      stages: [stage],
      history,
      state: history.at(-1)?.split(" ")[1],
      lastLines: starts === 0 ? 0 : 1,
      attempts: [],
      starts,
      letters: mails ? history.length : 0,
      requests: 0,
      earlier: EARLIER.length,
    };
  }

  #seen() {
    const { queue } = this;
    const lines = queue
      .history("job")
      .map(({ attempt, state, exitCode }) => `${attempt} ${state} ${exitCode}`);
    return {
      stages: [...queue.stagesOf("job"), ...(liesAsFile(queue) ? ["queue"] : [])],
      history: lines,
      state: queue.record("job")?.state,
      lastLines: queue.read("job", "process.log")?.match(/^\[QM\] ended /gm)?.length ?? 0,
      attempts: queue.attempts(),
      starts: readAudit(this.#auditFile).starts.get("job") ?? 0,
      letters: waitingLetters(queue).length,
      requests: queue.read("job", "QM_KILL") === undefined ? 0 : 1,
      earlier: EARLIER.filter((name) => queue.history(name).length === 1).length,
    };
  }
}

/** Jobs that ended long ago: the folder of one is still there, that of the other was deleted. */
const EARLIER = ["kept", "deleted"];

function leaveEarlierJobs({ layout }: TestQueue): void {
  const records = EARLIER.map((name): string => JSON.stringify(earlierRecord(name)));
  fs.mkdirSync(layout.state);
  fs.writeFileSync(layout.history, records.map((record) => `${record}\n`).join(""));
  const kept = path.join(layout.finished, "kept", ".qm");
  fs.mkdirSync(kept, { recursive: true });
  fs.writeFileSync(path.join(kept, "job.json"), records[0] ?? "");
}

function earlierRecord(name: string): JobRecord {
  const where = { worker: "here", host: "here" };
  const whose = { owner: "ada", description: "", mailTo: [] };
  const how = { attempt: 1, state: "done", reason: "exit code 0", exitCode: 0 } as const;
  return {
    version: 1,
    name,
    runId: name,
    ...whose,
    ...where,
    ...how,
    finishedAt: "2020-01-01T00:00:00.000Z",
  };
}

/** The calls of a manager in one undisturbed life of a job. */
export async function learnCalls(course: Course, what: Traced): Promise<Call[]> {
  const life = await Life.begin(course);
  const { queue, traceFile } = life;
  try {
    await queue.start({ under: tracing(traceFile, what), environment: ONE_THREAD });
    expect(await life.whatIsWrong()).toBeUndefined();
    await queue.manager.kill();
    await until("the whole trace", () => isComplete(traceFile, queue.managerPid));
    return readCalls(traceFile, queue.layout.root, queue.managerPid);
  } finally {
    await queue.close();
  }
}

/** Queues that are tried at a time: much of each one's life is waiting. */
const AT_A_TIME = 5;

/** Does the same for each of a list, some at a time; the results stand in the list's order. */
export async function shareOut<T, R>(
  all: readonly T[],
  one: (item: T) => Promise<R>,
  atATime = AT_A_TIME,
): Promise<R[]> {
  const results: R[] = [];
  const left = all.entries();
  const workThrough = async () => {
    for (const [index, item] of left) results[index] = await one(item);
  };
  await Promise.all(Array.from({ length: atATime }, workThrough));
  return results;
}
