import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { currentBootId } from "../../src/disk/machine.ts";
import type { Launch } from "../../src/job/launch.ts";
import type { RunRules } from "../../src/plan/plan-runs.ts";
import { recordEnd } from "../../src/queue/attempts/attempt-marks.ts";
import { Attempts } from "../../src/queue/attempts/attempts.ts";
import { type Layout, layoutOf } from "../../src/queue/layout.ts";
import { claimName, readClaims } from "../../src/queue/workers/claim.ts";
import { Orders, writeRevoked, writeStartOrder } from "../../src/queue/workers/order.ts";
import { workerFiles } from "../../src/queue/workers/worker-files.ts";
import { LocalClaims } from "../../src/worker/local-claims.ts";
import { LocalWorker } from "../../src/worker/local-worker.ts";
import { spawnShim } from "../../src/worker/process/spawn-shim.ts";
import { Station } from "../../src/worker/station.ts";
import { launch } from "../plan/snapshots.ts";
import { fill, scratchFolder } from "../support/scratch.ts";
import { PATIENCE_MS, pause } from "../support/until.ts";

const RUN = "0123456789abcdef";
const RULES: RunRules = { mode: "run", pollSeconds: 0.1, killGraceSeconds: 1 };

let layout: Layout;
let disk: string;
let job: string;
let order: string;
let station: Station;
/** The job's command has run, so often. */
let marks: string;
/** So often a further look was asked for. */
let wakes = 0;

beforeEach(() => {
  layout = layoutOf(scratchFolder());
  disk = scratchFolder();
  marks = path.join(scratchFolder(), "marks");
  job = path.join(layout.running, "job");
  fill(job, { "in.csv": "1,2\n", ".qm/job.json": "{}" });
  station = restarted();
});

afterEach(async () => {
  await pass("kill");
  for (const folder of [job, rested()].filter((each) => fs.existsSync(each)))
    fs.writeFileSync(path.join(folder, "go"), "");
});

/** The worker's program after it was started, or killed and started again, on the same disk. */
function restarted(): Station {
  const attempts = new Attempts({ ...layout, state: disk }, "lab2");
  const wake = () => {
    wakes += 1;
  };
  const local = new LocalWorker({
    place: { worker: "lab2", host: "lab2.lab.org" },
    offer: () => OFFER,
    settings: () => ({ qmFolder: layout.root, jobEnvironment: {} }),
    spawnShim,
    wake,
    warn: () => undefined,
  });
  const claims = new LocalClaims({
    worker: "lab2",
    machine: "machine-2",
    formerMachines: () => ["machine-old"],
    attempts,
    syncMs: 0,
    obstacle: () => undefined,
    wake,
  });
  const log = { info: () => undefined, warn: () => undefined };
  return new Station({ layout, worker: "lab2", attempts, local, claims, log, wake });
}

const OFFER = {
  name: "lab2",
  processors: os.availableParallelism(),
  pools: [],
  labels: [],
  onlyNamed: false,
  os: "linux",
  memoryBytes: 1,
};

/** Does as a manager that has the job started; `script` marks that it has run. */
async function ordered(
  script: string,
  bytes = 4,
  more: Partial<Launch["info"]> = {},
  which: Partial<Launch> = {},
): Promise<void> {
  const attempts = new Attempts(layout, "lab1");
  const info = { ...launch("job").info, script: `echo ran >>${marks}; ${script}`, ...more };
  const made = await attempts.create(
    launch("job", { runId: RUN, worker: "lab2", remote: true, info, ...which }),
  );
  order = made.folder;
  writeStartOrder(order, { inputs: [{ path: "in.csv", bytes }], killGraceSeconds: 1, environment: {} });
}

/** The job's folder once its run is accounted for. */
function rested(): string {
  return path.join(layout.lost, "job");
}

/** Does as a manager that accounts for the job. */
function accounted(): void {
  fs.mkdirSync(layout.lost, { recursive: true });
  fs.renameSync(job, rested());
  fs.rmSync(order, { recursive: true });
}

async function pass(mode: RunRules["mode"] = "run"): Promise<void> {
  const orders = new Orders(workerFiles(layout, "lab2").folder).read();
  await station.pass(
    { kind: "there", orders, jobs: new Set(fs.readdirSync(layout.running)) },
    { ...RULES, mode },
  );
}

async function away(): Promise<void> {
  await station.pass({ kind: "away", why: "away" }, RULES);
}

function told() {
  return station.reported()[RUN];
}

async function untilTold(what: string, isSo: () => unknown, look = pass): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (await look(); !isSo(); await look()) {
    if (performance.now() > endMs) throw new Error(`waited too long for ${what}`);
    await pause(20);
  }
}

function exitCode(): number | undefined {
  const evidence = told()?.evidence;
  return evidence?.kind === "started" && evidence.exit.kind === "exited" ? evidence.exit.exitCode : undefined;
}

function timesRun(): number {
  return fs.existsSync(marks) ? fs.readFileSync(marks, "utf8").split("\n").length - 1 : 0;
}

const isRunning = () => told()?.evidence.kind === "started" && timesRun() === 1;

function putClaim(worker: string, machineId: string, bootId: string): void {
  const claim = { version: 1, id: "somebody's", machineId, bootId };
  fs.writeFileSync(path.join(job, ".qm", claimName(worker, RUN)), JSON.stringify(claim));
}

describe("a worker's station", () => {
  it("starts what it has an order for, once, tells its exit code, and forgets it with the order", async () => {
    await ordered("exit 3");
    await untilTold("the end", () => exitCode() === 3);
    station = restarted();
    await untilTold("the end again", () => exitCode() === 3);
    expect(told()?.leftProcesses).toBe(0);
    expect(readClaims(job)).toHaveLength(1);
    accounted();
    await pass();
    expect(exitCode()).toBe(3);
    await untilTold("it to be forgotten", () => told() === undefined);
    expect(timesRun()).toBe(1);
    expect(readClaims(rested())).toEqual([]);
  });

  it("forgets at its next start what ended, or was being removed, when it was killed", async () => {
    await ordered("exit 3");
    await untilTold("the end", () => exitCode() === 3);
    accounted();
    const own = path.join(disk, "workers", "lab2");
    fs.cpSync(path.join(own, "job.1"), path.join(own, ".leaving-1"), { recursive: true });
    fill(path.join(own, "torn.1"), { "launch.json": '{"vers' });
    station = restarted();
    await pass();
    expect([exitCode(), fs.readdirSync(own)]).toEqual([3, ["job.1"]]);
    await untilTold("it to be forgotten", () => told() === undefined);
    expect(fs.readdirSync(own)).toEqual([]);
    expect(readClaims(rested())).toEqual([]);
  });

  it("does not start a job before its order is there", async () => {
    const attempts = new Attempts(layout, "lab1");
    await attempts.create(launch("job", { runId: RUN, worker: "lab2", remote: true }));
    await pass();
    expect(told()).toBeUndefined();
  });

  it("waits for what it does not see yet, and says so", async () => {
    await ordered("true", 9);
    await untilTold("the reason", () => told()?.waitsFor === "in.csv has 4 of 9 bytes here");
    fs.writeFileSync(path.join(job, "in.csv"), "123456789");
    await untilTold("the end", () => exitCode() === 0);
    expect(told()?.waitsFor).toBeUndefined();
  });

  it.each([
    ["another worker", () => putClaim("lab3", "machine-3", "boot"), "another worker has claimed it"],
    [
      "another machine of its name",
      () => putClaim("lab2", "machine-3", "boot"),
      "records that are not this machine's",
    ],
    [
      "its own machine, which has not been restarted since",
      () => putClaim("lab2", "machine-2", currentBootId()),
      "records that are not this machine's",
    ],
  ])("does not start a job that %s has claimed", async (_, claim, why) => {
    claim();
    await ordered("true");
    await untilTold("the reason", () => told()?.waitsFor?.includes(why));
    station = restarted();
    await untilTold("the reason", () => told()?.waitsFor?.includes(why));
    expect(timesRun()).toBe(0);
  });

  it.each(["machine-2", "machine-old"])(
    "tells that a job of %s is lost whose records are gone",
    async (machine) => {
      putClaim("lab2", machine, "a boot long ago");
      await ordered("true");
      await untilTold("the loss", () => {
        const evidence = told()?.evidence;
        return evidence?.kind === "unstarted" && evidence.spawnedBefore;
      });
      expect(timesRun()).toBe(0);
    },
  );

  it("never starts what was taken back before, not after it was killed either", async () => {
    await ordered("true");
    writeRevoked(order);
    await pass();
    await pass();
    expect(told()?.evidence).toMatchObject({ kind: "unstarted", start: "revoked" });
    station = restarted();
    await pass();
    await pause(300);
    await pass();
    expect(told()?.evidence).toMatchObject({ kind: "unstarted", start: "revoked" });
    expect(timesRun()).toBe(0);
  });

  it("gives back what it has not started when it is stopped", async () => {
    await ordered("true");
    await pass("drain");
    await pass("drain");
    expect(told()?.evidence).toMatchObject({ start: "revoked" });
    expect(timesRun()).toBe(0);
  });

  it("starts at once what it gave back and is ordered to run again", async () => {
    await ordered("true", 9);
    await pass();
    writeRevoked(order);
    await pass();
    await pass();
    expect(told()?.evidence).toMatchObject({ kind: "unstarted", start: "revoked" });
    fs.rmSync(order, { recursive: true });
    await ordered("true", 4, {}, { runId: "run-2", attempt: 2 });
    await untilTold("the run", () => timesRun() === 1);
    expect(told()).toBeUndefined();
  });

  it("lets a job that has started run on, though it is taken back too late", async () => {
    await ordered("while [ ! -e go ]; do sleep 0.05; done; exit 6");
    await untilTold("the start", isRunning);
    writeRevoked(order);
    await pass();
    fs.writeFileSync(path.join(job, "go"), "");
    await untilTold("the end", () => exitCode() === 6);
  });

  it("ends a job whose order was deleted, after two looks, and takes its claim away", async () => {
    await ordered("sleep 60");
    await untilTold("the start", isRunning);
    accounted();
    await pass();
    expect(told()?.end).toBeUndefined();
    await untilTold("the end", () => told() === undefined);
    expect(readClaims(rested())).toEqual([]);
  });

  it("goes on with a job whose order somebody has deleted, until its folder is another run's", async () => {
    await ordered("until [ -e go ]; do sleep 0.05; done; exit 4");
    await untilTold("the start", isRunning);
    fs.rmSync(order, { recursive: true });
    await pass();
    await pause(1100);
    await pass();
    expect(told()).toMatchObject({ evidence: { kind: "started", shim: "lives" } });
    expect(told()?.end).toBeUndefined();
    fs.mkdirSync(layout.lost);
    fs.renameSync(job, rested());
    await untilTold("the end", () => told() === undefined);
  });

  it("keeps the end of a job whose order is not to be seen, and starts it no second time", async () => {
    await ordered("exit 4");
    await untilTold("the end", () => exitCode() === 4);
    const aside = path.join(scratchFolder(), "order");
    fs.renameSync(order, aside);
    await pass();
    await pause(1100);
    await pass();
    expect(exitCode()).toBe(4);
    vi.spyOn(os, "uptime").mockReturnValue(os.uptime() + 120);
    await pass();
    expect(told()).toBeUndefined();
    expect(readClaims(job)).toEqual([]);
    fs.renameSync(aside, order);
    await pass();
    await pause(100);
    await pass();
    expect([told(), timesRun()]).toEqual([undefined, 1]);
  });

  it("ends nothing while the queue is away", async () => {
    await ordered("sleep 60");
    await untilTold("the start", isRunning);
    await pause(1100);
    await away();
    await away();
    expect(told()?.end).toBeUndefined();
    await pass();
    expect(told()?.end).toBeUndefined();
  });

  it("enforces a time limit while the queue is away", async () => {
    await ordered("sleep 60", 4, { timeLimitSeconds: 1 });
    await untilTold("the start", isRunning);
    await untilTold("the end", () => exitCode() !== undefined, away);
    expect(told()?.end?.kind).toBe("timed_out");
  });

  it("looks again at once where it has decided to end a job, and asks it before it kills it", async () => {
    await ordered("trap 'exit 7' TERM; touch ready; while :; do sleep 0.05; done");
    await untilTold("the trap", () => fs.existsSync(path.join(job, "ready")));
    fs.writeFileSync(path.join(job, "QM_KILL"), "ann");
    wakes = 0;
    await pass();
    expect(wakes).toBe(1);
    await untilTold("the end", () => exitCode() !== undefined);
    expect(exitCode()).toBe(7);
  });

  it("takes over the manager's decision to end a job, by its own clock", async () => {
    await ordered("sleep 60");
    await untilTold("the start", isRunning);
    const manager = { bootId: "the manager's", atUptimeSeconds: 5e9 };
    recordEnd(order, { version: 1, kind: "killed", by: "ann", ...manager });
    await untilTold("the end", () => exitCode() !== undefined && told()?.leftProcesses === 0);
    expect(told()?.end).toMatchObject({ kind: "killed", by: "ann", bootId: currentBootId() });
    expect(told()?.end?.atUptimeSeconds).toBeLessThanOrEqual(os.uptime());
  });
});
