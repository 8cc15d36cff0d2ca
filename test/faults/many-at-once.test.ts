import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { jobsOfLetters } from "../manager/mail-fixture.ts";
import { auditedScript, readAudit } from "../support/audit.ts";
import { tries } from "../support/chance.ts";
import { TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { ONE_THREAD, SELDOM, shareOut } from "./every-call-life.ts";
import { meddling, spread } from "./every-call-points.ts";
import { isComplete, readCalls, tracing } from "./every-call-trace.ts";

const RUNNABLE = Array.from({ length: 12 }, (_, index) => `runs-${index}`);
const REFUSED = ["refused-1", "refused-2", "refused-3"];
const UNWANTED = ["unwanted-1", "unwanted-2", "unwanted-3"];
const ALL = [...RUNNABLE, ...REFUSED, ...UNWANTED];
const SETTINGS = { MaxNbProcessors: 6, Settle_Time: 0.1, Poll_Interval: 0.1, MailActive: "True" };
const KILLS = tries(40);

/** State of all jobs, as it is or has to be in the end; of each in the order of all. */
interface Seen {
  readonly stages: readonly string[];
  readonly states: readonly string[];
  readonly starts: readonly number[];
  /** The jobs that letters tell of, a name for each letter. */
  readonly letters: readonly string[];
  /** Jobs with a request left in them. */
  readonly requests: readonly string[];
  readonly attempts: readonly string[];
}

/** Jobs that all arrive, start, end, are refused or withdrawn in the same few passes. */
class Crowd {
  readonly queue = new TestQueue(SETTINGS);
  readonly traceFile = path.join(this.queue.base, "trace");
  readonly #auditFile = path.join(this.queue.base, "audit");

  constructor() {
    // Nobody listens there, so every letter stays where it can be counted.
    this.queue.addConfig({ Mail: { Smtp: "smtp://127.0.0.1:9", From: "qm@lab.org" } });
    fs.writeFileSync(this.#auditFile, "");
    const script = { "run.sh": auditedScript(this.#auditFile, 7, "") };
    const job = { script: ". ./run.sh", e_mail: "ada@lab.org" };
    for (const name of RUNNABLE) this.queue.deliver(name, job, script);
    for (const name of REFUSED) this.queue.deliver(name, { ...job, nb_proc: "two" }, script);
    for (const name of UNWANTED) this.queue.deliver(name, job, { ...script, QM_KILL: "tester\n" });
  }

  isOver(): boolean {
    return JSON.stringify(this.seen()) === JSON.stringify(EXPECTED);
  }

  seen(): Seen {
    const { queue } = this;
    const lines = queue.history();
    const starts = fs.statSync(this.#auditFile).size === 0 ? new Map() : readAudit(this.#auditFile).starts;
    return {
      stages: ALL.map((name) => queue.stagesOf(name).join()),
      states: ALL.map((name) =>
        lines
          .filter((line) => line.name === name)
          .map(({ state }) => state)
          .join(),
      ),
      starts: ALL.map((name) => starts.get(name) ?? 0),
      letters: jobsOfLetters(queue),
      requests: UNWANTED.filter((name) => queue.read(name, "QM_KILL") !== undefined),
      attempts: queue.attempts(),
    };
  }
}

const EXPECTED: Seen = {
  stages: ALL.map((name) => (REFUSED.includes(name) ? "lost" : "finished")),
  states: ALL.map((name) => {
    if (REFUSED.includes(name)) return "invalid";
    return UNWANTED.includes(name) ? "killed" : "failed";
  }),
  starts: ALL.map((name) => Number(RUNNABLE.includes(name))),
  // One that is taken back before anybody has read its info file has no address yet.
  letters: [...RUNNABLE, ...REFUSED].sort(),
  requests: [],
  attempts: [],
};

describe.runIf(toolOrSkip("strace"))("a manager that is killed while many jobs wait for the disk", () => {
  it("leaves nothing of any of them that the next one does not put right", { timeout: 600_000 }, async () => {
    const points = spread(await learnSyncs(), KILLS);
    const kills = await shareOut(points, killAt);
    const hits = kills.filter(({ wasHit }) => wasHit).length;
    process.stderr.write(`many at once: ${points.length} waits for the disk tried, ${hits} killed in one\n`);
    for (const { seen } of kills) expect(seen).toEqual(EXPECTED);
    expect(hits).toBeGreaterThan(KILLS / 2);
  });
});

/** The numbers of the waits in one undisturbed life of all these jobs. */
async function learnSyncs(): Promise<number[]> {
  const crowd = new Crowd();
  const { queue, traceFile } = crowd;
  try {
    await queue.start({ under: tracing(traceFile, "syncing"), environment: ONE_THREAD });
    await until("the end of all", () => crowd.isOver(), SELDOM);
    await queue.manager.kill();
    await until("the whole trace", () => isComplete(traceFile, queue.managerPid));
    return readCalls(traceFile, queue.layout.root, queue.managerPid).map((_, index) => index + 1);
  } finally {
    await queue.close();
  }
}

async function killAt(number: number) {
  const crowd = new Crowd();
  const { queue, traceFile } = crowd;
  try {
    const point = { name: "fsync", file: undefined, number, what: "fsync" };
    const under = meddling(point, "signal=KILL", { root: queue.layout.root, traceFile });
    const doomed = queue.launch({ under, environment: ONE_THREAD });
    // In a life that goes another way the call may not come.
    await until("the kill, or the end of all", () => doomed.ended !== undefined || crowd.isOver(), SELDOM);
    const wasHit = (await doomed.end(1500).catch(() => undefined)) === "SIGKILL";
    await doomed.kill();
    await queue.start();
    await until("the end of all", () => crowd.isOver(), SELDOM).catch(() => undefined);
    await until("the end of every process", () => queue.processes().length === 0, SELDOM);
    return { wasHit, seen: crowd.seen() };
  } finally {
    await queue.close();
  }
}
