import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { abandon, cancel, giveBack } from "../../src/manager/actions/claim.ts";
import { spawn } from "../../src/manager/actions/spawn.ts";
import type { Context } from "../../src/manager/context.ts";
import type { ObservedRun } from "../../src/manager/run-scan.ts";
import { markVerified, recordEnd } from "../../src/queue/attempts/attempt-marks.ts";
import { Attempts } from "../../src/queue/attempts/attempts.ts";
import { readStart } from "../../src/worker/process/attempt-records.ts";
import { until } from "../support/until.ts";
import { launchOf } from "./attempt-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function pausedQueue(settings = {}): { queue: InProcessQueue; resume: () => void } {
  const queue = makeQueue(settings);
  const pause = path.join(queue.layout.root, "QM_PAUSE");
  fs.writeFileSync(pause, "");
  return { queue, resume: () => fs.rmSync(pause) };
}

describe("a claim", () => {
  it("is refused while something of the job's name lies in QM_Jobs, and tells the reason", async () => {
    const { queue, resume } = pausedQueue();
    await queue.run();
    queue.deliver("blocked", { script: "echo ran" });
    queue.deliver("free", { script: "echo ran" });
    await queue.shows("both waiting", ({ waiting }) => waiting.length === 2);
    fs.writeFileSync(queue.folder("running", "blocked"), "in the way");
    resume();
    const { reason } = await queue.shows("the reason", ({ waiting }) =>
      waiting.find((job) => job.reason.includes("lies in QM_Jobs")),
    );
    expect(reason).toBe("something of its name lies in QM_Jobs");
    expect(await queue.ended("free")).toMatchObject({ state: "done" });
    expect(queue.stagesOf("blocked")).toEqual(["queue", "running"]);
    await until("the end of all accounting", () => queue.attempts().length === 0);
    fs.rmSync(queue.folder("running", "blocked"));
    expect(await queue.ended("blocked")).toMatchObject({ state: "done", attempt: 1 });
  });

  it("is given back when the folder changed meanwhile, and the job keeps its place", async () => {
    const { queue, resume } = pausedQueue({ MaxNbProcessors: 1 });
    await queue.run();
    const note = 'echo "$QM_JOB_NAME" >> "$QM_FOLDER/order"';
    const go = `while [ ! -e "$QM_FOLDER/go" ]; do sleep 0.05; done`;
    for (const [name, script] of Object.entries({ first: `cat input; ${note}`, second: go, third: note })) {
      queue.deliver(name, { script }, { input: "old\n" });
      await queue.shows(`${name} waiting`, ({ waiting }) => waiting.at(-1)?.name === name);
    }
    fs.writeFileSync(path.join(queue.folder("queue", "first"), "input"), "new and longer\n");
    resume();
    await queue.shows("the old order", ({ waiting, running }) => {
      return running[0]?.name === "second" && waiting.map(({ name }) => name).join() === "first,third";
    });
    fs.writeFileSync(path.join(queue.layout.root, "go"), "");
    expect(await queue.ended("first")).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.read("first", "process.log")).toContain("new and longer");
    await queue.ended("third");
    expect(fs.readFileSync(path.join(queue.layout.root, "order"), "utf8")).toBe("first\nthird\n");
    expect(queue.history("first")).toHaveLength(1);
    expect(queue.log.of("job went back to the queue").map(({ fields }) => fields)).toEqual([
      { job: "first", why: "it changed after it was admitted" },
    ]);
  });
});

describe("a claimed job that has not started", () => {
  it("is spawned by the next manager when the last one died right after the claim", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "half", { script: "echo ran" });
    await new Attempts(queue.layout, "here").create(launch);
    fs.renameSync(jobFolder, queue.folder("running", "half"));
    await queue.run();
    expect(await queue.ended("half")).toMatchObject({ state: "done", runId: launch.runId, attempt: 1 });
  });

  it("gets others where the machine has lost the processors that the last manager granted it", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "shrunk", { script: "echo ran" });
    await new Attempts(queue.layout, "here").create({ ...launch, processorIds: [60_000] });
    fs.renameSync(jobFolder, queue.folder("running", "shrunk"));
    await queue.run();
    const record = await queue.ended("shrunk");
    expect(record).toMatchObject({ state: "done", attempt: 1 });
    expect(record.processorIds ?? []).not.toContain(60_000);
  });

  it("waits on when the last manager died before it moved the folder", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "meant", { script: "echo ran" });
    await new Attempts(queue.layout, "here").create(launch);
    fs.renameSync(jobFolder, queue.folder("queue", "meant"));
    await queue.run();
    const record = await queue.ended("meant");
    expect(record).toMatchObject({ state: "done", attempt: 1 });
    expect(record.runId).not.toBe(launch.runId);
    expect(queue.log.of("claim forgotten: the folder is not in QM_Jobs")).toHaveLength(1);
  });

  it("is accounted for as killed when QM_KILL lies in it, and never runs", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "stopped", { script: "echo ran > ran" });
    const attempts = new Attempts(queue.layout, "here");
    markVerified((await attempts.create(launch)).folder);
    fs.writeFileSync(path.join(jobFolder, "QM_KILL"), "ada\n");
    fs.renameSync(jobFolder, queue.folder("running", "stopped"));
    await queue.run();
    expect(await queue.ended("stopped")).toMatchObject({ state: "killed", killedBy: "ada" });
    expect(queue.stagesOf("stopped")).toEqual(["finished"]);
    expect(queue.read("stopped", "ran")).toBeUndefined();
    expect(queue.read("stopped", "QM_KILL")).toBeUndefined();
    await until("the attempt's end", () => queue.attempts().length === 0);
  });

  it("stays killed though the manager died when the decision was on disk and the request was gone", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "stopped", { script: "echo ran > ran" });
    const attempts = new Attempts(queue.layout, "here");
    const attempt = await attempts.create(launch);
    const by = { version: 1 as const, kind: "killed" as const, by: "ada" };
    recordEnd(attempt.folder, { ...by, bootId: launch.bootId, atUptimeSeconds: 1 });
    fs.writeFileSync(path.join(attempt.folder, "start"), "revoked end\n");
    fs.renameSync(jobFolder, queue.folder("running", "stopped"));
    await queue.run();
    expect(await queue.ended("stopped")).toMatchObject({ state: "killed", killedBy: "ada" });
    expect(queue.read("stopped", "ran")).toBeUndefined();
  });

  it("has its cancellation on disk before the request is taken away, and that before the last rename", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "stopped", { script: "true" }, { QM_KILL: "ada\n" });
    const context = queue.context();
    const attempt = await context.attempts.create(launch);
    fs.renameSync(jobFolder, queue.folder("running", "stopped"));
    const [run] = context.runScan.observe().runs;
    if (run === undefined) throw new Error("no run");
    fs.rmdirSync(queue.layout.finished);
    expect(await cancel(context, run)).toMatchObject({ kind: "refused" });
    expect(fs.existsSync(path.join(queue.folder("running", "stopped"), "QM_KILL"))).toBe(false);
    expect(context.attempts.list()).toMatchObject([
      { folder: attempt.folder, end: { kind: "killed", by: "ada" } },
    ]);
  });

  it("is cancelled though what was to revoke its start is torn, as on a full disk", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "torn", { script: "echo ran > ran" }, { QM_KILL: "ada\n" });
    const attempt = await new Attempts(queue.layout, "here").create(launch);
    fs.writeFileSync(path.join(attempt.folder, "start"), "");
    fs.renameSync(jobFolder, queue.folder("running", "torn"));
    await queue.run();
    expect(await queue.ended("torn")).toMatchObject({ state: "killed", killedBy: "ada" });
    expect(queue.read("torn", "ran")).toBeUndefined();
  });

  it("goes back to the queue when its start had been revoked", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "revoked", { script: "echo ran" });
    const attempt = await new Attempts(queue.layout, "here").create(launch);
    fs.writeFileSync(path.join(attempt.folder, "start"), "revoked end\n");
    fs.renameSync(jobFolder, queue.folder("running", "revoked"));
    await queue.run();
    const record = await queue.ended("revoked");
    expect(record).toMatchObject({ state: "done" });
    expect(record.runId).not.toBe(launch.runId);
    expect(queue.history()).toHaveLength(1);
  });

  it("is spawned though a shim died while it wrote its start", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "torn", { script: "echo ran" });
    const attempt = await new Attempts(queue.layout, "here").create(launch);
    fs.writeFileSync(path.join(attempt.folder, "start"), "3f9c");
    fs.renameSync(jobFolder, queue.folder("running", "torn"));
    await queue.run();
    expect(await queue.ended("torn")).toMatchObject({ state: "done", runId: launch.runId });
  });

  it("is not started twice when a shim of an earlier manager passes at the very last moment", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "late", { script: "echo ran >> ran; sleep 0.2" });
    const context = queue.context();
    markVerified((await context.attempts.create(launch)).folder);
    fs.renameSync(jobFolder, queue.folder("running", "late"));
    const run = context.runScan.observe().runs[0];
    if (run === undefined) throw new Error("no run");
    expect(run.state).toMatchObject({ kind: "claimed", start: "none", shimPending: false });
    // Both managers have seen the same: no start.
    spawn(context, run);
    await until("the first shim's start", () => readStart(run.attempt.folder).kind === "started");
    spawn(context, run);
    await until("the end of both shims", () => queue.processes().length === 0);
    expect(fs.readFileSync(path.join(run.jobFolder, "ran"), "utf8")).toBe("ran\n");
  });

  it("is spawned at the next try though an earlier one failed before there was a shim", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "again", { script: "true" });
    let isReadable = true;
    const context = queue.context(() => {
      if (!isReadable) throw new Error("no configuration");
    });
    markVerified((await context.attempts.create(launch)).folder);
    fs.renameSync(jobFolder, queue.folder("running", "again"));
    const look = () => {
      const run = context.runScan.observe().runs[0];
      if (run === undefined) throw new Error("no run");
      return run;
    };
    isReadable = false;
    expect(() => spawn(context, look())).toThrow("no configuration");
    isReadable = true;
    expect(look().state).toMatchObject({ kind: "claimed", shimPending: false });
    expect(spawn(context, look())).toEqual({ kind: "done" });
    await until("its exit record", () => look().state.kind === "exited");
  });

  it.each([
    ["cancelled", cancel],
    ["given back", (context: Context, run: ObservedRun) => giveBack(context, run, "no reason")],
    ["forgotten", abandon],
  ])("is not %s once a shim has passed", async (_what, takeBack) => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "quick", { script: "sleep 1000" });
    const context = queue.context();
    markVerified((await context.attempts.create(launch)).folder);
    fs.renameSync(jobFolder, queue.folder("running", "quick"));
    const run = context.runScan.observe().runs[0];
    if (run === undefined) throw new Error("no run");
    spawn(context, run);
    await until("its start", () => readStart(run.attempt.folder).kind === "started");
    expect(await takeBack(context, run)).toEqual({ kind: "done" });
    expect(queue.stagesOf("quick")).toEqual(["running"]);
    expect(context.runScan.observe().runs[0]?.state.kind).toBe("running");
    expect(queue.history()).toEqual([]);
  });

  it("starts though a folder lies where one of its records is to be", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("awkward", { script: "echo ran" }, { ".qm/inputs.json/in the way": "" });
    expect(await queue.ended("awkward")).toMatchObject({ state: "done" });
  });

  it("shows why it cannot be started, is tried again, and starts once it can", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "logless", { script: "echo ran" });
    const context = queue.context();
    markVerified((await context.attempts.create(launch)).folder);
    fs.renameSync(jobFolder, queue.folder("running", "logless"));
    const log = path.join(queue.folder("running", "logless"), "process.log");
    const record = path.join(queue.folder("running", "logless"), ".qm", "job.json");
    fs.mkdirSync(path.dirname(record));
    fs.writeFileSync(record, JSON.stringify({ ...launchRecord(launch.runId), name: "logless" }));
    fs.mkdirSync(log);
    await queue.run();
    expect(await queue.shows("the reason", ({ running }) => running[0]?.note)).toContain("process.log");
    queue.deliver("other", { script: "echo ran" });
    expect(await queue.ended("other")).toMatchObject({ state: "done" });
    fs.rmdirSync(log);
    expect(await queue.ended("logless")).toMatchObject({ state: "done", runId: launch.runId });
  });
});

describe("a job whose supervisor cannot start", () => {
  it("shows so all the time, is told of once, and starts when it can", async () => {
    const queue = makeQueue();
    const { launch, jobFolder } = launchOf(queue, "stuck", { script: "echo ran" });
    const attempts = new Attempts(queue.layout, "here");
    const attempt = await attempts.create(launch);
    markVerified(attempt.folder);
    const inTheWay = path.join(attempt.folder, "alive");
    fs.mkdirSync(inTheWay);
    fs.renameSync(jobFolder, queue.folder("running", "stuck"));
    await queue.run();
    const noteNow = () => queue.status()?.running[0]?.note;
    await until("the reason", noteNow);
    const notes = new Set<string | undefined>();
    await until("further tries", () => {
      notes.add(noteNow());
      return queue.log.of("job started").length === 3;
    });
    expect([...notes]).toEqual(["its supervisor could not start: the disk may be full"]);
    expect(queue.log.of("could not act on a job")).toHaveLength(1);
    fs.rmdirSync(inTheWay);
    expect(await queue.ended("stuck")).toMatchObject({ state: "done", runId: launch.runId });
  });
});

// As an earlier manager left it, which had the folder ready and died before it spawned the shim.
function launchRecord(runId: string) {
  const people = { owner: "unknown", mailTo: [], description: "" };
  const place = { worker: "here", host: "lab" };
  return { version: 1, runId, attempt: 1, state: "running", reason: "running", ...people, ...place };
}
