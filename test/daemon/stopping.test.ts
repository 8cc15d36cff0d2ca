import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { takeStopRequest } from "../../src/daemon/stop-request.ts";
import { makeQueue } from "./queue-fixture.ts";

const WAITS = 'echo up > up; while [ ! -e "$QM_FOLDER/go" ]; do sleep 0.05; done';

describe("a request to stop", () => {
  it("is taken once, by its word; any other means to leave the jobs running", () => {
    const file = path.join(makeQueue().base, "stop");
    expect(takeStopRequest(file)).toBeUndefined();
    for (const [text, mode] of [
      ["leave", "leave"],
      ["drain\n", "drain"],
      [" kill ", "kill"],
      ["", "leave"],
      ["Kill them all", "leave"],
      ["kill".padEnd(1000, " "), "leave"],
    ] as const) {
      fs.writeFileSync(file, text);
      expect(takeStopRequest(file)).toBe(mode);
      expect(fs.existsSync(file)).toBe(false);
    }
  });

  it("is taken though it is no regular file", () => {
    const file = path.join(makeQueue().base, "stop");
    execFileSync("mkfifo", [file]);
    expect(takeStopRequest(file)).toBe("leave");
    fs.mkdirSync(path.join(file, "x"), { recursive: true });
    expect(takeStopRequest(file)).toBe("leave");
    expect(fs.existsSync(file)).toBe(false);
  });
});

describe("a daemon that is stopped", () => {
  it("leaves at once by a request in its state folder, and leaves the jobs running", async () => {
    const queue = makeQueue({ Poll_Interval: 0.1 });
    await queue.run();
    queue.deliver("lasting", { script: WAITS });
    await queue.wrote("lasting", "up");
    fs.writeFileSync(queue.layout.stopRequest, "leave\n");
    await queue.left();
    expect(queue.processes().length).toBeGreaterThan(0);
    expect(queue.shelvesOf("lasting")).toEqual(["running"]);
  });

  it("lets running jobs end and starts none while it drains", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    const daemon = await queue.run();
    queue.deliver("running", { script: WAITS });
    await queue.wrote("running", "up");
    queue.deliver("waiting", { script: "true" });
    daemon.stop("drain");
    const { closed } = await queue.shows("it draining", (status) =>
      status.waiting.length === 1 && status.closed ? status : undefined,
    );
    expect(closed).toBeTruthy();
    fs.writeFileSync(path.join(queue.layout.root, "go"), "");
    await queue.left();
    expect(queue.record("running")).toMatchObject({ state: "done" });
    expect(queue.shelvesOf("running")).toEqual(["finished"]);
    expect(queue.shelvesOf("waiting")).toEqual(["queue"]);
  });

  it("ends running jobs first with kill, also after it began to drain", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1, Kill_Grace: 0.2 });
    const daemon = await queue.run();
    queue.deliver("running", { script: `trap '' TERM; ${WAITS}` });
    await queue.wrote("running", "up");
    queue.deliver("waiting", { script: "true" });
    await queue.shows("the other waiting", ({ waiting }) => waiting.length === 1);
    daemon.stop("drain");
    await queue.stop("kill");
    expect(queue.record("running")).toMatchObject({ state: "killed", killedBy: "qm stop --kill" });
    expect(queue.shelvesOf("waiting")).toEqual(["queue"]);
    expect(queue.processes()).toEqual([]);
  });

  it("stops at once when it drains and nothing runs", async () => {
    const queue = makeQueue();
    await queue.run();
    await queue.stop("drain");
    expect(queue.log.of("manager stopped")).toHaveLength(1);
  });

  it("stops while it cannot see the folders", async () => {
    const queue = makeQueue();
    await queue.run();
    fs.rmSync(queue.layout.queue, { recursive: true });
    fs.writeFileSync(queue.layout.queue, "no folder");
    await queue.stop("leave");
    expect(queue.log.of("manager stopped")).toHaveLength(1);
  });
});
