import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { auditedScript, readAudit } from "../support/audit.ts";
import { Random } from "../support/random.ts";
import { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";

const SEED = Number(process.env["QM_TEST_SEED"] ?? 20261122);
const KILLS = Number(process.env["QM_TEST_KILLS"] ?? 100);
const JOBS_PER_KILL = 2;
const MAX_PROCESSORS = 4;

const CHECKER = path.join(import.meta.dirname, "../support/placement-checker.mjs");

interface Ordered {
  readonly name: string;
  readonly exitCode: number;
}

let queue: TestQueue;
let checker: ChildProcess | undefined;

afterEach(async () => {
  checker?.kill("SIGKILL");
  await queue.close();
});

describe("a daemon killed at random moments", () => {
  it("keeps every job in one folder, within the limit, run once, with its exit code and one line in the history", {
    timeout: 240_000,
  }, async () => {
    queue = new TestQueue({ MaxNbProcessors: MAX_PROCESSORS, Poll_Interval: 0.1 });
    const random = new Random(SEED);
    const auditFile = path.join(queue.base, "audit");
    const verdict = watchPlacement();
    const jobs: Ordered[] = [];
    let amidJobs = 0;
    for (let kills = 0; kills < KILLS; kills += 1) {
      const daemon = queue.launch();
      for (let count = 0; count < JOBS_PER_KILL; count += 1)
        jobs.push(deliver(random, auditFile, jobs.length));
      // Some die while they start, most while they work.
      if (random.next() < 0.8)
        await until("its start", () => queue.status()?.pid === daemon.pid, { pollMs: 5 });
      await pause(random.between(0, 300));
      await daemon.kill();
      if (queue.attempts().length > 0) amidJobs += 1;
      expect(daemon.ended, queue.said).toBe("SIGKILL");
    }
    await queue.start();
    await until("all jobs' end", () => restingJobs() === jobs.length, { timeoutMs: 60_000 });
    await until("the end of all accounting", () => queue.attempts().length === 0);
    const placement = await verdict();

    const audit = readAudit(auditFile);
    process.stderr.write(
      `random kills: ${jobs.length} jobs, ${KILLS} kills (${amidJobs} amid jobs), ${placement.looks} looks, seed ${SEED}\n`,
    );
    expect(amidJobs).toBeGreaterThan(KILLS / 4);
    expect(placement.violations).toEqual([]);
    expect(placement.jobs).toBe(jobs.length);
    expect(queue.said).not.toContain("went back to the queue");
    expect(audit.mostProcessors).toBeLessThanOrEqual(MAX_PROCESSORS);
    expect(jobs.filter(({ name }) => audit.starts.get(name) !== 1 || audit.stops.get(name) !== 1)).toEqual(
      [],
    );
    expect(jobs.map(({ name }) => resultOf(name))).toEqual(jobs.map(expectedOf));
  });
});

// Varied in length, processors, exit code, children that are waited for and children that are left behind.
function deliver(random: Random, auditFile: string, number: number): Ordered {
  const exitCode = random.next() < 0.3 ? 3 : 0;
  const sleep = `sleep 0.${String(random.between(10, 150)).padStart(3, "0")}`;
  const kind = random.between(1, 6);
  const body = kind === 1 ? `${sleep} & ${sleep} & wait` : kind === 2 ? `sleep 30 &\n${sleep}` : sleep;
  const name = `job-${number}`;
  queue.deliver(
    name,
    { script: "run.sh", nb_proc: random.between(1, 4) },
    { "run.sh": auditedScript(auditFile, exitCode, body) },
  );
  return { name, exitCode };
}

function restingJobs(): number {
  const { finished, lost } = queue.layout;
  return fs.readdirSync(finished).length + fs.readdirSync(lost).length;
}

function resultOf(name: string) {
  const record = queue.record(name);
  const history = queue.history(name);
  return {
    name,
    shelves: queue.shelvesOf(name),
    state: record?.state,
    exitCode: record?.exitCode,
    attempt: record?.attempt,
    lines: history.map((line) => `${line.state} ${line.exitCode}`),
  };
}

function expectedOf({ name, exitCode }: Ordered) {
  const state = exitCode === 0 ? "done" : "failed";
  return { name, shelves: ["finished"], state, exitCode, attempt: 1, lines: [`${state} ${exitCode}`] };
}

interface Placement {
  readonly looks: number;
  readonly jobs: number;
  readonly violations: readonly string[];
}

/** Starts the checker; the function returned ends it and gives what it saw. */
function watchPlacement(): () => Promise<Placement> {
  const { queue: waiting, running, finished, lost } = queue.layout;
  const child = spawn(process.execPath, [CHECKER, waiting, running, finished, lost]);
  checker = child;
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return async () => {
    child.kill("SIGTERM");
    return await until("the checker's verdict", () => {
      const [, verdict] = output.split("\n");
      return verdict ? (JSON.parse(verdict) as Placement) : undefined;
    });
  };
}
