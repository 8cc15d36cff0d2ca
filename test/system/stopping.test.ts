import fs from "node:fs";
import os from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { Manager, TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;
let rivals: Manager[] = [];

afterEach(async () => {
  for (const rival of rivals) await rival.kill();
  rivals = [];
  await queue.close();
});

describe("the lock of a queue", () => {
  it("refuses a second manager, naming host and process of the first, which goes on", async () => {
    queue = new TestQueue();
    const first = await queue.start();
    let said = "";
    const second = new Manager(queue.configFile, {}, (text) => {
      said += text;
    });
    rivals = [second];
    expect(await second.end()).toBe(4);
    expect(said).toContain(String(first.pid));
    expect(said).toContain(os.hostname());
    queue.deliver("job", { script: "true" });
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });

  it("lets exactly one of several managers pass that start together", async () => {
    queue = new TestQueue();
    rivals = Array.from({ length: 4 }, () => new Manager(queue.configFile, {}, () => {}));
    await until("the losers' end", () => rivals.filter(({ ended }) => ended === 4).length === 3);
    expect(rivals.filter(({ ended }) => ended === undefined)).toHaveLength(1);
  });

  it("is taken over at once from a manager that was killed, though its job runs on", async () => {
    queue = new TestQueue();
    const first = await queue.start();
    // Longer than anybody waits for a start here.
    queue.deliver("job", { script: "echo >up; sleep 600" });
    await queue.wrote("job", "up");
    await first.kill();
    await queue.start();
    expect(queue.status()?.running).toHaveLength(1);
  });
});

describe("a request to stop", () => {
  it("with leave ends the manager and no job", async () => {
    queue = new TestQueue();
    const manager = await startWithTwoJobs();
    const pid = Number(queue.read("runs", "pid"));
    stop("leave");
    expect(await manager.end()).toBe(0);
    expect(isRunning(pid)).toBe(true);
    expect(queue.stagesOf("waits")).toEqual(["queue"]);
    expect(fs.existsSync(queue.layout.stopRequest)).toBe(false);
  });

  it("with drain starts nothing more and ends when the last job has", async () => {
    queue = new TestQueue();
    const manager = await startWithTwoJobs();
    stop("drain");
    await until("the request to be taken", () => !fs.existsSync(queue.layout.stopRequest));
    fs.writeFileSync(`${queue.folder("running", "runs")}/go`, "");
    expect(await manager.end()).toBe(0);
    expect(queue.record("runs")).toMatchObject({ state: "done" });
    expect(queue.stagesOf("waits")).toEqual(["queue"]);
  });

  it("with kill ends the jobs first", async () => {
    queue = new TestQueue();
    const manager = await startWithTwoJobs();
    const pid = Number(queue.read("runs", "pid"));
    stop("kill");
    expect(await manager.end()).toBe(0);
    expect(isRunning(pid)).toBe(false);
    expect(queue.record("runs")).toMatchObject({ state: "killed", killedBy: "qm stop --kill" });
    expect(queue.stagesOf("waits")).toEqual(["queue"]);
    expect(queue.attempts()).toEqual([]);
  });

  it("left over from before a start is not meant for the new manager", async () => {
    queue = new TestQueue();
    fs.mkdirSync(queue.layout.state);
    stop("kill");
    await queue.start();
    queue.deliver("job", { script: "true" });
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });
});

/** One runs on all processors until a file `go` is in its folder, the other waits for it. */
async function startWithTwoJobs(): Promise<Manager> {
  const manager = await queue.start();
  queue.deliver("runs", { script: "echo $$ >pid; until [ -e go ]; do sleep 0.05; done", nb_proc: 2 });
  await queue.wrote("runs", "pid");
  queue.deliver("waits", { script: "true" });
  await until("the second job's admission", () => queue.status()?.waiting.length === 1);
  return manager;
}

function stop(mode: string): void {
  fs.writeFileSync(`${queue.layout.stopRequest}.new`, `${mode}\n`);
  fs.renameSync(`${queue.layout.stopRequest}.new`, queue.layout.stopRequest);
}
