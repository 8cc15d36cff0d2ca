import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readStart } from "../../src/worker/process/attempt-records.ts";
import { identify } from "../../src/worker/process/identity.ts";
import { isRunning } from "../support/queue-folder.ts";
import { until } from "../support/until.ts";
import { ranJob } from "./attempt-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function lastLine(text: string | undefined): string {
  return text?.trimEnd().split("\n").at(-1) ?? "";
}

/** The shim of the only attempt. */
function shimOf(queue: InProcessQueue): number {
  const [attempt = ""] = queue.attempts();
  const start = readStart(path.join(queue.layout.state, "workers", "here", attempt));
  if (start.kind !== "started") throw new Error(`the attempt is ${start.kind}`);
  return start.shim.pid;
}

describe("a job that is ended", () => {
  it("is killed by whoever the request in its folder names", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("long", { script: "echo up > up; sleep 1000" });
    await queue.wrote("long", "up");
    queue.request("running", "long", "QM_KILL", "ada");
    expect(await queue.ended("long")).toMatchObject({ state: "killed", killedBy: "ada", signal: "SIGTERM" });
    expect(queue.read("long", "QM_KILL")).toBeUndefined();
    expect(queue.processes()).toEqual([]);
  });

  it("is killed though it ignores TERM, after its own grace", async () => {
    const queue = makeQueue({ Kill_Grace: 1000 });
    await queue.run();
    queue.deliver("stubborn", {
      script: "trap '' TERM; echo up > up; while :; do sleep 0.1; done",
      kill_grace: 0.3,
    });
    await queue.wrote("stubborn", "up");
    queue.request("running", "stubborn", "QM_KILL", "ada");
    expect(await queue.ended("stubborn")).toMatchObject({ state: "killed", signal: "SIGKILL" });
    expect(queue.processes()).toEqual([]);
  });

  it("has the grace to end in its own way, and is asked once only", async () => {
    const queue = makeQueue({ Kill_Grace: 1000 });
    await queue.run();
    const script =
      "trap 'echo asked >> asked' TERM; echo up > up; while [ ! -e enough ]; do sleep 0.05; done";
    queue.deliver("polite", { script });
    await queue.wrote("polite", "up");
    queue.request("running", "polite", "QM_KILL", "ada");
    await queue.wrote("polite", "asked");
    const first = await queue.shows("an ending job", (status) => status.running[0]?.state === "ending");
    expect(first).toBe(true);
    // Some passes further on: every job that comes and goes takes several.
    for (const name of ["x", "y"]) queue.deliver(name, { script: "sleep 0.5" });
    for (const name of ["x", "y"]) await queue.ended(name);
    fs.writeFileSync(path.join(queue.folder("running", "polite"), "enough"), "");
    expect(await queue.ended("polite")).toMatchObject({ state: "killed" });
    expect(queue.read("polite", "asked")).toBe("asked\n");
  });

  it("is asked to end though its command was just being launched when that was decided", async () => {
    const queue = makeQueue({ Kill_Grace: 1000 });
    const { launch, attemptFolder, folder } = await ranJob(queue, "early");
    const supervisor = "until [ -e go ]; do sleep 0.05; done; setsid sleep 1000; exit";
    const env = { PATH: process.env["PATH"], QM_JOB_TOKEN: launch.runId, QM_FOLDER: queue.layout.root };
    const shim = spawn("sh", ["-c", supervisor], { cwd: folder, env, detached: true, stdio: "ignore" });
    const { pid, bootId, startTicks } = identify(shim.pid ?? 0) ?? { pid: 0, bootId: "", startTicks: "" };
    fs.writeFileSync(path.join(attemptFolder, "start"), `${bootId} ${pid} ${startTicks} end\n`);
    queue.request("running", "early", "QM_KILL", "ada");
    await queue.run();
    // Some passes further on.
    queue.deliver("other", { script: "true" });
    await queue.ended("other");
    expect(queue.log.of("ending job")).toHaveLength(1);
    fs.writeFileSync(path.join(folder, "go"), "");
    expect(await queue.ended("early")).toMatchObject({ state: "killed", killedBy: "ada" });
    expect(queue.processes()).toEqual([]);
  });

  it("is timed out after its limit, and so says its record", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("slow", { script: "echo $QM_DEADLINE > deadline; sleep 1000", time_limit: "0:00:01" });
    expect(await queue.ended("slow")).toMatchObject({ state: "timed_out", timeLimitSeconds: 1 });
    expect(queue.read("slow", "deadline")).toMatch(/^\d{4}-.*Z\n$/);
    expect(queue.read("slow", "QM_status.txt")).toMatch(/^TIMED OUT/);
  });

  it("is ended and accounted for when its folder is taken out of QM_Jobs", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("taken", { script: "echo up > up; sleep 1000" });
    await queue.wrote("taken", "up");
    fs.renameSync(queue.folder("running", "taken"), path.join(queue.base, "away"));
    const line = await until("its history line", () => queue.history("taken")[0]);
    expect(line).toMatchObject({ state: "killed", killedBy: "whoever took its folder out of QM_Jobs" });
    await until("the attempt's end", () => queue.attempts().length === 0);
    expect(queue.processes()).toEqual([]);
  });
});

describe("a running job that one listing of QM_Jobs leaves out, as a file server may", () => {
  it("goes on undisturbed", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("steady", { script: "echo up > up; until [ -e go ]; do sleep 0.05; done" });
    await queue.wrote("steady", "up");
    let falseLooks = 0;
    const { readdirSync } = fs;
    vi.spyOn(fs, "readdirSync").mockImplementation(((folder: fs.PathLike, ...options: never[]) => {
      if (folder !== queue.layout.running || falseLooks > 0) return readdirSync(folder, ...options);
      falseLooks += 1;
      return [];
    }) as typeof fs.readdirSync);
    await until("the false look", () => falseLooks === 1);
    vi.restoreAllMocks();
    fs.writeFileSync(path.join(queue.folder("running", "steady"), "go"), "");
    expect(await queue.ended("steady")).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.history()).toHaveLength(1);
  });
});

describe("a run whose shim is killed", () => {
  it("is lost, with all its processes ended", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("orphan", { script: "echo $$ > up; sleep 1000" });
    const pid = Number(await queue.wrote("orphan", "up"));
    process.kill(shimOf(queue), "SIGKILL");
    const record = await queue.ended("orphan");
    expect(record).toMatchObject({ state: "lost", reason: expect.stringContaining("supervisor vanished") });
    expect(queue.stagesOf("orphan")).toEqual(["lost"]);
    expect(isRunning(pid)).toBe(false);
    expect(queue.processes()).toEqual([]);
    expect(lastLine(queue.read("orphan", "process.log"))).toMatch(/^\[QM\] ended .*: lost/);
    expect(queue.history("orphan")).toHaveLength(1);
  });

  it("becomes the next attempt with On_Lost = requeue", async () => {
    const queue = makeQueue({ On_Lost: "requeue" });
    await queue.run();
    queue.deliver("phoenix", {
      script: '[ "$QM_ATTEMPT" = 2 ] && exit 0; echo up > up; sleep 1000',
    });
    await queue.wrote("phoenix", "up");
    process.kill(shimOf(queue), "SIGKILL");
    await until("the second line in its history", () => queue.history("phoenix")[1]);
    expect(queue.history("phoenix").map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "lost"],
      [2, "done"],
    ]);
    await until("its end", () => queue.stagesOf("phoenix")[0] === "finished");
  });

  it("is ended though the job has stopped its own supervisor", async () => {
    const queue = makeQueue({ Kill_Grace: 0 });
    await queue.run();
    queue.deliver("stopper", { script: "kill -STOP $PPID; echo up > up; sleep 404" });
    await queue.wrote("stopper", "up");
    queue.request("running", "stopper", "QM_KILL", "ada");
    expect(await queue.ended("stopper")).toMatchObject({ state: "killed", killedBy: "ada" });
  });

  it("does not run again when somebody had asked to kill it", async () => {
    const queue = makeQueue({ On_Lost: "requeue", Kill_Grace: 1000 });
    await queue.run();
    queue.deliver("unwanted", {
      script: '[ "$QM_ATTEMPT" = 2 ] && exit 0; trap : TERM; echo up > up; while :; do sleep 0.1; done',
    });
    await queue.wrote("unwanted", "up");
    queue.request("running", "unwanted", "QM_KILL", "ada");
    await queue.shows("the job being ended", (status) => status.running[0]?.state === "ending");
    process.kill(shimOf(queue), "SIGKILL");
    queue.configure({ On_Lost: "requeue", Kill_Grace: 0 });
    await queue.ended("unwanted");
    expect(queue.history("unwanted")).toHaveLength(1);
  });
});
