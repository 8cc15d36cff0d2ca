import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import { describe, expect, it, vi } from "vitest";
import { Lock } from "../../src/manager/lock.ts";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function queueWithState(): InProcessQueue {
  const queue = makeQueue();
  fs.mkdirSync(queue.layout.state);
  return queue;
}

function otherProcessGets(queue: InProcessQueue): boolean {
  return spawnSync("flock", ["--nonblock", queue.layout.lock, "true"]).status === 0;
}

function writeHolder(queue: InProcessQueue, holder: object): void {
  fs.writeFileSync(queue.layout.lock, JSON.stringify(holder));
}

const FAR = { host: "elsewhere", pid: 4711, since: "2026-01-01T00:00:00Z" };

describe("the lock of a queue", () => {
  it("keeps a second manager away, and says who has it", async () => {
    const queue = makeQueue();
    await queue.run();
    await expect(queue.run()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(`process ${process.pid} on ${os.hostname()}`),
    });
    expect(otherProcessGets(queue)).toBe(false);
    await queue.stop();
    expect(otherProcessGets(queue)).toBe(true);
  });

  it("is refused while another process has it, and free once that is killed", async () => {
    const queue = queueWithState();
    const holder = spawn("flock", ["--no-fork", queue.layout.lock, "sleep", "1000"], { stdio: "ignore" });
    await until("the other process to have it", () => !otherProcessGets(queue));
    writeHolder(queue, { ...FAR, host: os.hostname(), pid: holder.pid });
    await expect(Lock.take(queue.layout)).rejects.toThrow(`process ${holder.pid} on ${os.hostname()}`);
    holder.kill("SIGKILL");
    await until("its end", () => holder.signalCode !== null);
    const lock = await Lock.take(queue.layout);
    expect(JSON.parse(fs.readFileSync(queue.layout.lock, "utf8"))).toMatchObject({
      host: os.hostname(),
      pid: process.pid,
    });
    lock.release();
    expect(fs.readFileSync(queue.layout.lock, "utf8")).toBe("");
  });

  it("tells that somebody has it where nobody may write into a locked file, as on SMB", async () => {
    const queue = queueWithState();
    const write = vi.spyOn(fs, "writeSync").mockImplementation(() => {
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    });
    const lock = await Lock.take(queue.layout);
    write.mockRestore();
    expect(fs.statSync(queue.layout.lock).size).toBeGreaterThan(0);
    await expect(Lock.take(queue.layout)).rejects.toThrow("another process");
    lock.release();
    expect(fs.statSync(queue.layout.lock).size).toBe(0);
  });

  it("is refused without a name when nothing tells who has it", async () => {
    const queue = queueWithState();
    const lock = await Lock.take(queue.layout);
    fs.writeFileSync(queue.layout.lock, "no json");
    await expect(Lock.take(queue.layout)).rejects.toThrow("another process");
    lock.release();
  });

  it("is respected where it names another machine that shows signs of life, and taken over where not", async () => {
    const [living, silent, unheard] = [queueWithState(), queueWithState(), queueWithState()] as const;
    for (const queue of [living, silent, unheard]) writeHolder(queue, FAR);
    for (const queue of [living, silent]) fs.writeFileSync(queue.layout.status, "{}");
    const beat = setInterval(() => fs.writeFileSync(living.layout.status, "{}"), 500);
    const taken = [living, silent, unheard].map((queue) => Lock.take(queue.layout));
    const results = await Promise.allSettled(taken);
    clearInterval(beat);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    await expect(taken[0]).rejects.toThrow("process 4711 on elsewhere");
    expect(otherProcessGets(living)).toBe(true);
    for (const result of results) if (result.status === "fulfilled") result.value.release();
  });

  it("is taken anew when its file is deleted under the running manager", async () => {
    const queue = queueWithState();
    const lock = await Lock.take(queue.layout);
    fs.rmSync(queue.layout.state, { recursive: true });
    lock.keep();
    expect(otherProcessGets(queue)).toBe(false);
    lock.release();
    expect(otherProcessGets(queue)).toBe(true);
  });

  it("ends the manager whose file was deleted and which another one was faster than", async () => {
    const queue = makeQueue();
    await queue.run();
    const holder = spawn("flock", ["--no-fork", `${queue.layout.lock}.new`, "sleep", "1000"], {
      stdio: "ignore",
    });
    await until(
      "the other process",
      () => spawnSync("flock", ["-n", `${queue.layout.lock}.new`, "true"]).status !== 0,
    );
    fs.renameSync(`${queue.layout.lock}.new`, queue.layout.lock);
    await expect(queue.left()).rejects.toMatchObject({ code: "refused" });
    holder.kill("SIGKILL");
    await until("its end", () => holder.signalCode !== null);
  });

  it("cannot be taken without flock, and says what to install", async () => {
    const queue = queueWithState();
    const before = process.env["PATH"];
    process.env["PATH"] = queue.base;
    try {
      await expect(Lock.take(queue.layout)).rejects.toMatchObject({
        code: "failed",
        mend: expect.stringContaining("util-linux"),
      });
    } finally {
      process.env["PATH"] = before;
    }
  });
});

describe("opening a queue", () => {
  it("gives the lock back when the folders do not fit together", async () => {
    const queue = makeQueue();
    fs.rmdirSync(queue.layout.finished);
    fs.symlinkSync("/dev/shm", queue.layout.finished);
    const apart = fs.statSync("/dev/shm").dev !== fs.statSync(queue.base).dev;
    if (!apart) return;
    await expect(queue.run()).rejects.toThrow("not on one file system");
    expect(otherProcessGets(queue)).toBe(true);
  });

  it("forgets a request to stop that was meant for an earlier manager", async () => {
    const queue = queueWithState();
    fs.writeFileSync(queue.layout.stopRequest, "leave\n");
    await queue.run();
    queue.deliver("one", { script: "true" });
    expect(await queue.ended("one")).toMatchObject({ state: "done" });
  });
});
