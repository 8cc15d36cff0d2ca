import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { auditedScript, readAudit } from "../support/audit.ts";
import { SEED } from "../support/chance.ts";
import { Random } from "../support/random.ts";
import type { Manager, ManagerOptions, TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { pause, until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";

const JOBS = 24;
/** A manager needs about thirty handles, of which Node takes twenty. */
const ENOUGH_TO_START = 60;
const TOO_FEW_TO_START = 20;

/** Its first look at a process finds no file handle left. */
function withoutLookAt(pid: number, trace: string): ManagerOptions {
  const look = ["-P", `/proc/${pid}/stat`, "-e", "inject=openat:error=EMFILE:when=1"];
  return { under: ["strace", "-qq", "-D", "-o", trace, ...look] };
}

// Both limits: Node raises the soft one as far as it may when it starts.
function under(handles: number): ManagerOptions {
  return { under: ["prlimit", `--nofile=${handles}`] };
}

describe.runIf(toolOrSkip("prlimit")).concurrent("a manager with few file handles", () => {
  it("runs many jobs, each of them once", async () => {
    await withQueue({ MaxNbProcessors: 6 }, async (queue) => {
      await queue.start(under(ENOUGH_TO_START));
      for (let number = 0; number < JOBS; number += 1) deliver(queue, number);
      await expectAllOnce(queue);
    });
  });

  it("too few to start at all leaves the queue as it is for the next one", async () => {
    await withQueue({}, async (queue) => {
      for (let number = 0; number < JOBS; number += 1) deliver(queue, number);
      expect(await queue.launch(under(TOO_FEW_TO_START)).end()).not.toBe(0);
      expect(fs.readdirSync(queue.layout.queue)).toHaveLength(JOBS);
      await queue.start();
      await expectAllOnce(queue);
    });
  });

  it.each([22, 23, 24])("%i is told which limit is too low, if anything is", async (handles) => {
    await withQueue({}, async (queue) => {
      queue.launch(under(handles));
      await until("a word", () => queue.status() !== undefined || queue.manager.ended !== undefined);
      expect(queue.said).not.toContain("util-linux");
      if (queue.said.includes("flock")) expect(queue.said).toContain("ulimit -n");
    });
  });

  it.each([SEED, SEED + 1, SEED + 2])(
    "at some moments loses no job and runs none twice, seed %i",
    async (seed) => {
      await withQueue({ MaxNbProcessors: 3 }, async (queue) => {
        const random = new Random(seed);
        const manager = await queue.start();
        for (let number = 0; number < JOBS; number += 1) {
          deliver(queue, number);
          leave(manager, random.between(0, 6));
          await pause(random.between(50, 300));
          if (random.next() < 0.5) leaveEnough(manager);
          await pause(random.between(0, 100));
          expect(manager.ended, queue.said).toBeUndefined();
        }
        expect(queue.said).toMatch(/EMFILE|too many open files/);
        leaveEnough(manager);
        await expectAllOnce(queue);
      });
    },
  );

  it.each([0, 1, 2, 3, 4])("(%i left) while a job ends does not let its outcome be lost", async (left) => {
    await withQueue({ On_Lost: "requeue" }, async (queue) => {
      const manager = await queue.start();
      deliver(queue, 0, "echo >up; until [ -e go ]; do sleep 0.05; done");
      await queue.wrote("job-0", "up");
      leave(manager, left);
      fs.writeFileSync(path.join(queue.folder("running", "job-0"), "go"), "");
      await until("the job's end", () => readAudit(auditFileOf(queue)).stops.has("job-0"));
      await pause(1500);
      leaveEnough(manager);
      await expectAllOnce(queue, 1);
    });
  });
});

function deliver(queue: TestQueue, number: number, body = "sleep 0.2"): void {
  const script = auditedScript(auditFileOf(queue), number % 3, body);
  queue.deliver(`job-${number}`, { script: "sh run.sh" }, { "run.sh": script });
}

function auditFileOf(queue: TestQueue): string {
  fs.appendFileSync(path.join(queue.base, "audit"), "");
  return path.join(queue.base, "audit");
}

async function expectAllOnce(queue: TestQueue, jobs = JOBS): Promise<void> {
  const { finished, lost } = queue.layout;
  const rest = () => fs.readdirSync(finished).length + fs.readdirSync(lost).length;
  await until("all jobs' end", () => rest() === jobs).catch((error: Error) => {
    throw new Error(`${error.message}; the manager said:\n${queue.said}`);
  });
  await until("the end of all accounting", () => queue.attempts().length === 0);
  const { starts, stops } = readAudit(auditFileOf(queue));
  const results = Array.from({ length: jobs }, (_, number) => {
    const name = `job-${number}`;
    const lines = queue.history(name).map(({ exitCode, attempt }) => [exitCode, attempt]);
    return { name, stages: queue.stagesOf(name), starts: starts.get(name), stops: stops.get(name), lines };
  });
  expect(results).toEqual(
    results.map(({ name }, number) => ({
      name,
      stages: ["finished"],
      starts: 1,
      stops: 1,
      lines: [[number % 3, 1]],
    })),
  );
}

/** Leaves a running manager so many handles that it has not opened yet. */
function leave({ pid }: Manager, count: number): void {
  const open = new Set(fs.readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let left = count; left > 0 || open.has(limit); limit += 1) if (!open.has(limit)) left -= 1;
  setLimit(pid, limit);
}

function leaveEnough({ pid }: Manager): void {
  setLimit(pid, 1024);
}

// The soft limit alone: the hard one could not be raised again.
function setLimit(pid: number, handles: number): void {
  spawnSync("prlimit", [`--pid=${pid}`, `--nofile=${handles}:`]);
}

describe.runIf(toolOrSkip("strace"))("a manager without a file handle to ask", () => {
  it("who has started it starts, and runs jobs", async () => {
    await withQueue({}, (queue) => runsWithoutLookAt(process.pid, queue));
  });

  it("whether another manager goes by its configuration starts, and runs jobs", async () => {
    await withQueue({}, async (other) => {
      await other.start();
      await withQueue({}, (queue) => runsWithoutLookAt(other.managerPid, queue));
    });
  });
});

async function runsWithoutLookAt(pid: number, queue: TestQueue): Promise<void> {
  const trace = path.join(queue.base, "trace");
  await queue.start(withoutLookAt(pid, trace));
  expect(fs.readFileSync(trace, "utf8")).toContain("INJECTED");
  for (let number = 0; number < JOBS; number += 1) deliver(queue, number);
  await expectAllOnce(queue);
}
