import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runStateOf } from "../../src/plan/run-state.ts";
import { markVerified, recordEnd } from "../../src/queue/attempts/attempt-marks.ts";
import { type Attempt, Attempts } from "../../src/queue/attempts/attempts.ts";
import { type Layout, layoutOf } from "../../src/queue/layout.ts";
import { Orders } from "../../src/queue/workers/order.ts";
import { type Report, type ReportedAttempt, writeReport } from "../../src/queue/workers/report.ts";
import { type WorkerFiles, workerFiles } from "../../src/queue/workers/worker-files.ts";
import { RemoteWorker } from "../../src/worker/remote-worker.ts";
import { ReportWatch } from "../../src/worker/report-watch.ts";
import { launch } from "../plan/snapshots.ts";
import { reportOf, runningAttempt } from "../queue/workers/report-fixture.ts";
import { fill, scratchFolder } from "../support/scratch.ts";

let layout: Layout;
let files: WorkerFiles;
let attempts: Attempts;
let watch: ReportWatch;
let worker: RemoteWorker;
let nowMs = 0;
let sequence = 0;

const RUN = "run-1";

beforeEach(() => {
  layout = layoutOf(scratchFolder());
  files = workerFiles(layout, "lab2");
  attempts = new Attempts(layout, "lab1");
  nowMs = 1000;
  sequence = 0;
  watch = new ReportWatch(files.report, nowMs);
  const settings = () => ({ killGraceSeconds: 7, jobEnvironment: { DATA: "/data" } });
  worker = new RemoteWorker("lab2", watch, settings);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** True where the report is worth a pass. */
function report(changes: Partial<Report> = {}, afterMs = 1000): boolean {
  fs.mkdirSync(files.folder, { recursive: true });
  sequence += 1;
  writeReport(files.report, reportOf({ sequence, ...changes }));
  return lookAfter(afterMs);
}

function lookAfter(ms: number): boolean {
  nowMs += ms;
  return watch.look(nowMs);
}

async function claimed(): Promise<Attempt> {
  const made = await attempts.create(launch("job", { runId: RUN, worker: "lab2", remote: true }));
  markVerified(made.folder);
  return only();
}

function only(): Attempt {
  const [attempt] = attempts.list();
  if (attempt === undefined) throw new Error("no attempt");
  return attempt;
}

function start(attempt: Attempt): void {
  const jobFolder = path.join(layout.running, "job");
  const answer = worker.start({ attempt, jobFolder }, () =>
    fill(jobFolder, {
      ".qm/inputs.json": JSON.stringify({
        version: 1,
        entries: [{ path: "in.csv", type: "file", bytes: 4, mtimeMs: 1 }],
      }),
    }),
  );
  expect(answer).toEqual({ kind: "ordered" });
}

function stateOf(attempt: Attempt) {
  const [look] = worker.look([attempt]);
  if (look === undefined) throw new Error("no look");
  return runStateOf(look.evidence);
}

function unstarted(begun: "none" | "revoked"): ReportedAttempt {
  const evidence = { start: begun, attemptHeld: false, spawnedBefore: false, shimPending: false };
  return { evidence: { kind: "unstarted", ...evidence, verified: false, claimedAtMs: 1 }, leftProcesses: 0 };
}

describe("a worker on another machine", () => {
  it("is given nothing before its first report, and until that changes once", () => {
    expect(worker.offer()).toMatchObject({ name: "lab2", closed: "no word from it yet" });
    report();
    expect(worker.offer()).toMatchObject({
      processors: 4,
      host: "lab2.lab.org",
      closed: "not heard of yet since the manager's start",
      hearing: "awaited",
    });
    report();
    expect(worker.offer()).toMatchObject({ closed: undefined, hearing: "heard" });
  });

  it("is silent once nothing of its report has changed for half a minute, and open again with the next", () => {
    report();
    expect(worker.offer().lastWordMs).toBe(Date.parse("2026-11-30T14:02:00.000Z"));
    vi.spyOn(Date, "now").mockReturnValue(Date.parse("2026-11-30T16:30:00.000Z"));
    report();
    lookAfter(29_999);
    expect(worker.offer().closed).toBeUndefined();
    lookAfter(1);
    expect(worker.offer()).toMatchObject({
      closed: expect.stringContaining("no word since 2026-11-30 16:30"),
      hearing: "silent",
      lastWordMs: Date.parse("2026-11-30T16:30:00.000Z"),
    });
    report();
    expect(worker.offer()).toMatchObject({ closed: undefined, hearing: "heard" });
  });

  it("is worth a pass when it is heard again or has news, not because it lives", () => {
    const running = { [RUN]: runningAttempt() };
    expect([report(), report(), report()]).toEqual([true, true, false]);
    expect([report({ attempts: running }), report({ attempts: running })]).toEqual([true, false]);
    const later = { ...running[RUN], peakMemoryBytes: 5e9 } as ReportedAttempt;
    expect([report({ attempts: { [RUN]: later } }), report({ state: "drains" })]).toEqual([false, true]);
    lookAfter(30_000);
    expect([report({ state: "drains" }), lookAfter(1)]).toEqual([true, false]);
  });

  it("is silent where the manager has never heard of it", () => {
    report();
    lookAfter(30_000);
    expect(worker.offer()).toMatchObject({ hearing: "silent" });
  });

  it("keeps its last good report while a mount shows a torn or an older one", () => {
    report();
    report({ attempts: { [RUN]: runningAttempt() } });
    fs.writeFileSync(files.report, '{"version":1,');
    lookAfter(10);
    expect(watch.report?.attempts).toHaveProperty(RUN);
    writeReport(files.report, reportOf({ sequence: 1 }));
    lookAfter(10);
    expect(watch.report?.attempts).toHaveProperty(RUN);
  });

  it("of a later version is told of, and gets nothing", () => {
    report();
    report();
    fs.writeFileSync(files.report, JSON.stringify({ ...reportOf(), version: 2 }));
    lookAfter(10);
    expect(worker.offer().closed).toContain("a later version");
  });

  it("that is stopped in order is not silent", () => {
    report();
    expect(worker.isStopped).toBe(false);
    report({ state: "stopped", attempts: { [RUN]: runningAttempt() } });
    expect(worker.offer()).toMatchObject({
      closed: expect.stringContaining("it was stopped"),
      hearing: "stopped",
    });
    expect(worker.isStopped).toBe(true);
  });

  it("is given an order as the last thing, with the inputs", async () => {
    const attempt = await claimed();
    expect(stateOf(attempt)).toMatchObject({ kind: "claimed", verified: true, shimPending: false });
    start(attempt);
    expect(new Orders(files.folder).read()).toMatchObject([
      {
        launch: { runId: RUN },
        start: {
          inputs: [{ path: "in.csv", bytes: 4 }],
          killGraceSeconds: 7,
          environment: { DATA: "/data" },
        },
      },
    ]);
  });

  it("that has an order may start at any moment, whatever it has told", async () => {
    const attempt = await claimed();
    start(attempt);
    const waiting = { kind: "claimed", start: "none", shimPending: true };
    expect(stateOf(attempt)).toMatchObject(waiting);
    report({ attempts: { [RUN]: { ...unstarted("none"), waitsFor: "in.csv has 2 of 4 bytes here" } } });
    expect(stateOf(attempt)).toMatchObject(waiting);
    expect(worker.look([attempt])).toMatchObject([{ waitsFor: "in.csv has 2 of 4 bytes here" }]);
    fs.rmSync(files.report);
    expect(stateOf(attempt)).toMatchObject(waiting);
  });

  it("tells how an attempt runs and has ended, with its own decision to end it", async () => {
    const attempt = await claimed();
    start(attempt);
    report({ attempts: { [RUN]: runningAttempt() } });
    expect(stateOf(attempt)).toMatchObject({ kind: "running", elapsedSeconds: 10 });
    const evidence = {
      kind: "started" as const,
      startedAtMs: 1_000_000,
      startedAtUptimeSeconds: 10,
      shim: "gone" as const,
      exit: { kind: "exited" as const, exitCode: 3, endedAtMs: 1_009_000, endedAtUptimeSeconds: 19 },
      uptimeSeconds: 20,
    };
    const end = {
      version: 1 as const,
      kind: "timed_out" as const,
      by: "x",
      bootId: "b",
      atUptimeSeconds: 18,
    };
    report({ attempts: { [RUN]: runningAttempt({ evidence, end, peakMemoryBytes: 5, leftProcesses: 1 }) } });
    expect(stateOf(attempt)).toMatchObject({ kind: "exited", exitCode: 3, ranSeconds: 9 });
    expect(worker.look([attempt])).toMatchObject([{ end, leftProcesses: 1 }]);
    expect(worker.peakBytes(attempt)).toBe(5);
    expect(worker.stillLives(attempt)).toBe(true);
  });

  it("gives a job its own end where the manager's decision came too late", async () => {
    const end = { version: 1 as const, kind: "killed" as const, by: "x", bootId: "b", atUptimeSeconds: 1 };
    const attempt = await claimed();
    start(attempt);
    recordEnd(attempt.folder, end);
    const decided = { ...attempt, end };
    report({ attempts: { [RUN]: runningAttempt() } });
    expect(worker.look([decided])).toMatchObject([{ end }]);
    const exit = { kind: "exited" as const, exitCode: 0, endedAtMs: 1 };
    const ran = runningAttempt();
    const evidence = { ...ran.evidence, exit } as ReportedAttempt["evidence"];
    report({ attempts: { [RUN]: { ...ran, evidence } } });
    expect(worker.look([decided])[0]?.end).toBeUndefined();
    const lost = { ...end, kind: "lost" as const };
    expect(worker.look([{ ...attempt, end: lost }])).toMatchObject([{ end: lost }]);
  });
});

describe("taking a launch back from another machine", () => {
  it("succeeds at once where it was never ordered", async () => {
    const attempt = await claimed();
    expect(worker.takeBack(attempt)).toBe(true);
    expect(new Orders(files.folder).read()).toMatchObject([{ isRevoked: true }]);
  });

  it("waits for the word of the worker that has the order, however long that takes", async () => {
    const attempt = await claimed();
    start(attempt);
    expect(worker.takeBack(attempt)).toBe(false);
    report({ attempts: { [RUN]: unstarted("none") } });
    expect(worker.takeBack(attempt)).toBe(false);
    report({ attempts: { [RUN]: runningAttempt() } });
    expect(worker.takeBack(attempt)).toBe(false);
    report({ attempts: { [RUN]: unstarted("revoked") } });
    expect(worker.takeBack(attempt)).toBe(true);
    expect(stateOf(attempt)).toMatchObject({ kind: "claimed", start: "revoked" });
  });
});
