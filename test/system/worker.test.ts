import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { QM, TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";
import { WorkerProcess } from "../support/worker-process.ts";

let queue: TestQueue;
let lab2: WorkerProcess;
let lab3: WorkerProcess;

beforeEach(() => {
  queue = new TestQueue({ MaxNbProcessors: 1, Worker: "lab1" });
  lab2 = new WorkerProcess(queue, "lab2");
  lab3 = new WorkerProcess(queue, "lab3");
});

afterEach(async () => {
  for (const worker of [lab2, lab3]) if (worker.said !== "" && worker.ended === undefined) await worker.end();
  await queue.close();
});

async function open(...names: readonly string[]): Promise<void> {
  await until("the workers to be open", () => {
    const workers = queue.status()?.workers ?? [];
    return names.every((name) => workers.some((worker) => worker.name === name && worker.state === "open"));
  });
}

async function runQm(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const child = spawn(process.execPath, [QM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = child.exitCode ?? (await once(child, "exit"))[0];
  return { code: Number(code), text: out + err };
}

/** A job that tells when it has begun and goes on until it is told to. */
const WAITS = "echo $$ >pid; while [ ! -e go ]; do sleep 0.05; done; exit 5";

function go(job: string): void {
  fs.writeFileSync(path.join(queue.folder("running", job), "go"), "");
}

describe("jobs of one queue on several machines", () => {
  it("are spread over them, run where they ask to, and leave nothing behind", async () => {
    await queue.start();
    await Promise.all([lab2.start("--processors", "2"), lab3.start("--processors", "1", "--only-named")]);
    await open("lab2", "lab3");
    for (const name of ["a", "b", "c"]) queue.deliver(name, { script: "echo on $QM_WORKER; sleep 2" });
    queue.deliver("named", { script: "cat data.txt; exit 3", worker: "LAB3" }, { "data.txt": "ours" });
    const ended = await Promise.all(["a", "b", "c"].map((name) => queue.ended(name)));
    expect(ended.map(({ worker }) => worker).toSorted()).toEqual(["lab1", "lab2", "lab2"]);
    expect(ended.map(({ state }) => state)).toEqual(["done", "done", "done"]);
    const named = await queue.ended("named");
    expect(named).toMatchObject({ state: "failed", exitCode: 3, worker: "lab3" });
    expect(queue.read("named", "process.log")).toMatch(
      /started .* on lab3, attempt 1[\s\S]*\nours[\s\S]*\[QM\] ended/,
    );
    expect(fs.readdirSync(path.join(queue.folder("finished", "named"), ".qm")).toSorted()).toEqual([
      "inputs.json",
      "job.json",
    ]);
    await until("the workers to forget", () => lab2.attempts().length + lab3.attempts().length === 0);
    for (const name of ["a", "b", "c", "named"]) expect(queue.history(name)).toHaveLength(1);
  });

  it("go on while worker and manager are killed, and are adopted with their exit codes", async () => {
    const manager = await queue.start();
    await lab2.start();
    await open("lab2");
    queue.deliver("long", { script: WAITS, worker: "lab2" });
    queue.deliver("short", { script: "echo $$ >pid; sleep 1; exit 4", worker: "lab2" });
    const pid = Number(await queue.wrote("long", "pid"));
    await queue.wrote("short", "pid");
    await lab2.end("SIGKILL");
    await manager.kill();
    expect(isRunning(pid)).toBe(true);
    await lab2.start();
    await queue.start();
    expect(await queue.ended("short")).toMatchObject({
      state: "failed",
      exitCode: 4,
      worker: "lab2",
      attempt: 1,
    });
    expect(isRunning(pid)).toBe(true);
    go("long");
    expect(await queue.ended("long")).toMatchObject({
      state: "failed",
      exitCode: 5,
      worker: "lab2",
      attempt: 1,
    });
    expect(queue.history("long")).toHaveLength(1);
  });

  it("are never started by the manager while their worker is away, and start once it is back", async () => {
    const manager = await queue.start();
    await lab2.start();
    await open("lab2");
    await lab2.end("SIGKILL");
    queue.deliver("job", { script: "echo on $QM_WORKER", worker: "lab2" });
    await until("the order", () =>
      fs.existsSync(path.join(queue.layout.state, "workers/lab2/job.1/order.json")),
    );
    await manager.kill();
    await queue.start();
    expect(queue.stagesOf("job")).toEqual(["running"]);
    await lab2.start();
    expect(await queue.ended("job")).toMatchObject({ state: "done", worker: "lab2" });
    expect(queue.read("job", "process.log")).toContain("\non lab2\n");
  });

  it("are not started again by a worker whose own records were deleted while they run, and it says why", async () => {
    await queue.start();
    await lab2.start();
    await open("lab2");
    queue.deliver("job", { script: `echo ran >>starts; ${WAITS}`, worker: "lab2" });
    const pid = Number(await queue.wrote("job", "pid"));
    await lab2.end("SIGKILL");
    lab2.loseRecords();
    await lab2.start();
    const why = "lab2 has claimed it, by records that are not this machine's";
    await until("the reason", () => queue.status()?.running.some(({ note }) => note?.includes(why)));
    expect(isRunning(pid)).toBe(true);
    go("job");
    await until("its end", () => !isRunning(pid));
    await lab2.end("SIGKILL");
    await lab2.start();
    await pause(2000);
    expect(queue.read("job", "starts")).toBe("ran\n");
    expect([queue.stagesOf("job"), queue.history("job")]).toEqual([["running"], []]);
  });

  it("are killed and timed out by their worker, by people and by its own clock", async () => {
    const manager = await queue.start();
    await lab2.start("--processors", "3");
    await open("lab2");
    queue.deliver("killed", { script: "echo $$ >pid; sleep 60", worker: "lab2" });
    queue.deliver("late", { script: "echo $$ >pid; sleep 60", worker: "lab2", time_limit: "4 s" });
    const pids = [Number(await queue.wrote("killed", "pid")), Number(await queue.wrote("late", "pid"))];
    await manager.kill();
    queue.request("running", "killed", "QM_KILL", "ann");
    await until("both to end without a manager", () => !pids.some(isRunning));
    await queue.start();
    expect(await queue.ended("killed")).toMatchObject({ state: "killed", killedBy: "ann" });
    expect(await queue.ended("late")).toMatchObject({ state: "timed_out" });
  });

  it("that were not started go back to the queue when their worker is stopped, and those that run go on", async () => {
    await queue.start();
    await lab2.start("--processors", "2");
    await open("lab2");
    queue.deliver("runs", { script: WAITS, worker: "lab2" });
    await queue.wrote("runs", "pid");
    queue.deliver("torn", { script: "cat gone.txt", worker: "lab2" }, { "gone.txt": "x" });
    await until("the order", () => fs.existsSync(path.join(queue.layout.state, "workers/lab2/torn.1")));
    expect(await lab2.end("SIGTERM")).toBe(0);
    go("runs");
    await lab2.start("--processors", "2");
    expect(await queue.ended("runs")).toMatchObject({ state: "failed", exitCode: 5 });
    expect(await queue.ended("torn")).toMatchObject({ state: "done", worker: "lab2" });
  });
});

describe("a worker that is asked to stop", () => {
  const stop = (...words: string[]) =>
    runQm("stop", "--worker", "LAB2", ...words, "--config", queue.configFile);

  it("ends what runs there first, or lets it end, and is none of the workers then", async () => {
    await queue.start();
    await lab2.start("--processors", "2");
    await open("lab2");
    queue.deliver("remote", { script: WAITS, worker: "lab2" });
    queue.deliver("own", { script: WAITS, worker: "lab1" });
    await Promise.all([queue.wrote("remote", "pid"), queue.wrote("own", "pid")]);
    expect((await stop("--kill", "--yes")).code).toBe(0);
    expect(await queue.ended("remote")).toMatchObject({ state: "killed", worker: "lab2" });
    expect(await until("the end", () => lab2.ended)).toBe(0);
    await until("lab2 to be gone", () => queue.status()?.workers.length === 1);
    expect(queue.stagesOf("own")).toEqual(["running"]);
    await lab2.start();
    await open("lab2");
    queue.deliver("again", { script: WAITS, worker: "lab2" });
    await queue.wrote("again", "pid");
    const drained = stop("--drain");
    await until("lab2 to be closed", () => queue.status()?.workers.some(({ state }) => state === "closed"));
    go("again");
    expect((await drained).code).toBe(0);
    expect(await queue.ended("again")).toMatchObject({ state: "failed", exitCode: 5 });
  });
});

describe("a worker's name", () => {
  it("is one machine's, not the manager's, and no worker makes a queue", async () => {
    await queue.start();
    const manager = new WorkerProcess(queue, "LAB1");
    manager.launch();
    expect(await until("the refusal", () => manager.ended)).toBe(4);
    expect(manager.said).toContain("is the name of the manager's own machine");
    await lab2.start();
    const twin = new WorkerProcess(queue, "lab2");
    twin.launch();
    expect(await until("the refusal", () => twin.ended)).toBe(4);
    expect(twin.said).toContain("a worker lab2 runs on this machine already");
    expect(await lab2.end("SIGTERM")).toBe(0);
    const report = path.join(queue.layout.state, "workers/lab2/report.json");
    const told = JSON.parse(fs.readFileSync(report, "utf8")) as object;
    fs.writeFileSync(report, JSON.stringify({ ...told, machineId: "another", host: "lab2.old" }));
    lab2.launch();
    expect(await until("the refusal", () => lab2.ended)).toBe(4);
    expect(lab2.said).toContain("the name lab2 is that of another machine, lab2.old");
    await lab2.start("--adopt-name");
    await open("lab2");
  });

  it("is told of the queue in the folder below, as `qm init` makes it", async () => {
    await queue.start();
    lab3.launch("--queue", queue.base);
    expect(await until("the refusal", () => lab3.ended)).toBe(1);
    expect(lab3.said).toContain(`name that: --queue ${queue.layout.root}`);
  });

  it("does not help in a folder of which each machine has a copy", async () => {
    await queue.start();
    fs.mkdirSync(path.join(queue.base, ".stfolder"));
    lab3.launch();
    expect(await until("the refusal", () => lab3.ended)).toBe(4);
    expect(lab3.said).toContain("Syncthing makes copies of");
  });

  it("does not help where the mount is away", async () => {
    lab3.launch("--queue", path.join(queue.base, "nowhere"));
    expect(await until("the refusal", () => lab3.ended)).toBe(1);
    expect(lab3.said).toContain("is its mount away?");
    expect(fs.existsSync(path.join(queue.base, "nowhere"))).toBe(false);
  });
});
