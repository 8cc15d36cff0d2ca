import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readExit, readStart, removeDeadStart } from "../../src/worker/process/attempt-records.ts";
import { makeTestJob, removeTestJobs, type TestJob } from "../support/processes.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { aimablePoints, type CallPoint, distinct, meddling } from "./every-call-points.ts";
import { isComplete, readCalls, tracing } from "./every-call-trace.ts";

const SHIM = path.resolve(import.meta.dirname, "../../src/worker/process/shim.sh");
const COMMAND = "echo ran >>runs; exit 7";
const GIVEN_UP = { timeout: 20_000, killSignal: "SIGKILL" } as const;

afterEach(removeTestJobs);

describe.runIf(toolOrSkip("strace"))("a shim killed at any system call of its life", () => {
  it("has run the command once at most, not without a whole start, and leaves it to nobody after one", async () => {
    const points = await learn();
    let hits = 0;
    for (const point of points) {
      const job = makeTestJob();
      const { signal } = runUnder(
        job,
        meddling(point, "signal=KILL", { root: job.root, traceFile: traceOf(job) }),
      );
      if (signal === "SIGKILL") hits += 1;
      await until("the end of the job", () => job.processes().length === 0);
      expect(`${point.what}: ${await whatIsLeft(job)}`).toMatch(
        /: (?:not started, then ran once|started and lost|ran once)$/,
      );
    }
    process.stderr.write(`kill points, a shim: ${points.length} tried, ${hits} killed in the very call\n`);
    expect(points.length).toBeGreaterThan(8);
    expect(hits).toBe(points.length);
  });
});

/** The calls of one undisturbed life; some differ in nothing but their number. */
async function learn(): Promise<CallPoint[]> {
  const job = makeTestJob();
  const { pid } = runUnder(job, tracing(traceOf(job), "changing"));
  await until("the whole trace", () => isComplete(traceOf(job), pid));
  const points = aimablePoints(readCalls(traceOf(job), job.root, pid)).filter(({ call }) => call.changes);
  return distinct(points.map(({ point }) => ({ point, key: `${point.what} ${point.number}` }))).map(
    ({ point }) => point,
  );
}

function runUnder(job: TestJob, under: readonly string[]) {
  const [program, ...args] = [...under, "/bin/sh", SHIM, job.attemptFolder, "first line", COMMAND];
  return spawnSync(program, args, { cwd: job.folder, ...GIVEN_UP });
}

function traceOf(job: TestJob): string {
  return path.join(job.root, "trace");
}

/** Findings of the next manager; where it would spawn again, that is done. */
async function whatIsLeft(job: TestJob): Promise<string> {
  const start = readStart(job.attemptFolder).kind;
  const runs = () => (job.read("runs") ?? "").split("ran\n").length - 1;
  if (start !== "started") {
    if (runs() > 0) return "ran without a start";
    removeDeadStart(job.attemptFolder);
    const { exitCode } = await job.run(COMMAND);
    return `not started, then ${runs() === 1 && exitCode === 7 ? "ran once" : `ran ${runs()} times, ${exitCode}`}`;
  }
  const exit = readExit(job.attemptFolder);
  const before = runs();
  job.spawn(COMMAND);
  await job.allShimsEnded();
  if (runs() !== before || before > 1) return `ran ${runs()} times`;
  if (exit.kind !== "exited") return "started and lost";
  return before === 1 && exit.exitCode === 7 ? "ran once" : `says ${exit.exitCode} of ${before} runs`;
}
