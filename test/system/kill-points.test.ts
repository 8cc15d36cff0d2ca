import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { auditedScript, readAudit } from "../support/audit.ts";
import {
  isComplete,
  type KillPoint,
  killingAt,
  killPointsIn,
  lastCallIn,
  spread,
  tracing,
} from "../support/kill-points.ts";
import { type Settings, TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

/** Kill points tried of each course; `all` for every one. */
const WANTED = process.env["QM_TEST_KILL_POINTS"] ?? "10";
const PER_COURSE = WANTED === "all" ? Number.POSITIVE_INFINITY : Number(WANTED);

/** How a job's life goes, and what has to come of it wherever the daemon is killed meanwhile. */
interface Course {
  readonly title: string;
  readonly settings?: Settings;
  readonly deliver: (queue: TestQueue, auditFile: string) => void;
  readonly shelf: "finished" | "lost";
  /** Lines of the history, oldest first. */
  readonly history: readonly string[];
  readonly starts: number;
}

const COURSES: readonly Course[] = [
  {
    title: "runs and fails",
    deliver: (queue, audit) => deliverScript(queue, auditedScript(audit, 7, "sleep 0.03")),
    shelf: "finished",
    history: ["1 failed 7"],
    starts: 1,
  },
  {
    title: "is killed while it runs",
    deliver: (queue, audit) =>
      deliverScript(queue, auditedScript(audit, 0, "echo itself >QM_KILL\nsleep 30")),
    shelf: "finished",
    history: ["1 killed 143"],
    starts: 1,
  },
  {
    title: "is lost and requeued",
    settings: { On_Lost: "requeue", Settle_Time: 0.1 },
    deliver: (queue, audit) =>
      deliverScript(queue, auditedScript(audit, 7, '[ "$QM_ATTEMPT" = 2 ] || kill -9 $PPID\nsleep 0.1')),
    shelf: "finished",
    history: ["1 lost undefined", "2 failed 7"],
    starts: 2,
  },
  {
    title: "is invalid",
    settings: { Settle_Time: 0.1 },
    deliver: (queue) => queue.deliver("job", { script: "true", nb_proc: "two" }),
    shelf: "lost",
    history: ["1 invalid undefined"],
    starts: 0,
  },
  {
    title: "is withdrawn while it waits",
    settings: { Settle_Time: 0.1 },
    deliver: (queue) => queue.deliver("job", { script: "true" }, { QM_KILL: "tester\n" }),
    shelf: "finished",
    history: ["1 killed undefined"],
    starts: 0,
  },
];

const queues: TestQueue[] = [];

afterAll(async () => {
  for (const queue of queues) await queue.close();
});

describe.runIf(toolOrSkip("strace"))("a daemon killed at a certain system call of a job that", () => {
  it.concurrent.each(COURSES)(
    "$title leaves nothing that the next one does not put right",
    { timeout: 600_000 },
    async (course) => {
      const all = await learnKillPoints(course);
      const points = spread(all, PER_COURSE);
      let hit = 0;
      let exact = 0;
      const faults: string[] = [];
      for (const point of points) {
        const { fault, stoodAt, wasHit } = await killAt(course, point);
        if (wasHit) hit += 1;
        if (stoodAt === point.what) exact += 1;
        if (fault !== undefined) faults.push(`killed at ${stoodAt}: ${fault}`);
      }
      process.stderr.write(
        `kill points, a job that ${course.title}: ${points.length} of ${all.length} tried, ${hit} killed there, ${exact} in the very call\n`,
      );
      expect(faults).toEqual([]);
      expect(points.length).toBeGreaterThan(2);
      expect(hit).toBeGreaterThan(points.length / 2);
    },
  );
});

function deliverScript(queue: TestQueue, script: string): void {
  queue.deliver("job", { script: ". ./run.sh" }, { "run.sh": script });
}

function makeQueue(course: Course): { queue: TestQueue; auditFile: string } {
  const queue = new TestQueue(course.settings);
  queues.push(queue);
  const auditFile = path.join(queue.base, "audit");
  fs.writeFileSync(auditFile, "");
  course.deliver(queue, auditFile);
  return { queue, auditFile };
}

/** One thread for file work, so that the calls come in the same order each time. */
const ONE_THREAD = { UV_THREADPOOL_SIZE: "1" };

/** Traces one undisturbed life of the job. */
async function learnKillPoints(course: Course): Promise<KillPoint[]> {
  const { queue, auditFile } = makeQueue(course);
  const traceFile = path.join(queue.base, "trace");
  await queue.start({ under: tracing(traceFile), environment: ONE_THREAD });
  const fault = await whatIsWrong(course, queue, auditFile);
  expect(fault).toBeUndefined();
  await queue.daemon.kill();
  await until("the whole trace", () => isComplete(traceFile));
  const points = killPointsIn(traceFile, ["/job", "history.jsonl", "admissions.jsonl"]);
  await queue.close();
  return points;
}

async function killAt(
  course: Course,
  point: KillPoint,
): Promise<{ fault: string | undefined; stoodAt: string; wasHit: boolean }> {
  const { queue, auditFile } = makeQueue(course);
  const traceFile = path.join(queue.base, "trace");
  const traced = queue.launch({ under: killingAt(point, traceFile), environment: ONE_THREAD });
  // In a run that went another way the call may not come.
  const wasHit = (await traced.end(4000).catch(() => undefined)) === "SIGKILL";
  await traced.kill();
  await until("the whole trace", () => isComplete(traceFile));
  const stoodAt = lastCallIn(traceFile);
  await queue.start();
  const fault = await whatIsWrong(course, queue, auditFile);
  await queue.close();
  return { fault, stoodAt, wasHit };
}

async function whatIsWrong(course: Course, queue: TestQueue, auditFile: string): Promise<string | undefined> {
  const expected = { shelves: [course.shelf], history: course.history, attempts: [], starts: course.starts };
  const look = () => {
    const history = queue
      .history("job")
      .map(({ attempt, state, exitCode }) => `${attempt} ${state} ${exitCode}`);
    const starts = readAudit(auditFile).starts.get("job") ?? 0;
    return { shelves: queue.shelvesOf("job"), history, attempts: queue.attempts(), starts };
  };
  try {
    await until("the job's end", () => JSON.stringify(look()) === JSON.stringify(expected), {
      timeoutMs: 10_000,
    });
    return undefined;
  } catch {
    return `${JSON.stringify(look())} instead of ${JSON.stringify(expected)}\n${queue.said}`;
  }
}
