import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { leaveStopRequest } from "../../src/queue/manager-requests.ts";
import { makeQueue } from "./queue-fixture.ts";

const WAITS = 'echo up > up; while [ ! -e "$QM_FOLDER/go" ]; do sleep 0.05; done';

describe("a manager that is stopped", () => {
  it("leaves at once by a request in its state folder, and leaves the jobs running", async () => {
    const queue = makeQueue({ Poll_Interval: 0.1 });
    await queue.run();
    queue.deliver("lasting", { script: WAITS });
    await queue.wrote("lasting", "up");
    fs.writeFileSync(queue.layout.stopRequest, "leave\n");
    await queue.left();
    expect(queue.processes().length).toBeGreaterThan(0);
    expect(queue.stagesOf("lasting")).toEqual(["running"]);
  });

  it("lets running jobs end and starts none while it drains", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    const manager = await queue.run();
    queue.deliver("running", { script: WAITS });
    await queue.wrote("running", "up");
    queue.deliver("waiting", { script: "true" });
    manager.stop("drain");
    const { closed } = await queue.shows("it draining", (status) =>
      status.waiting.length === 1 && status.closed ? status : undefined,
    );
    expect(closed).toBe("the manager is stopping: no job starts until it is started again");
    fs.writeFileSync(path.join(queue.layout.root, "go"), "");
    await queue.left();
    expect(queue.record("running")).toMatchObject({ state: "done" });
    expect(queue.stagesOf("running")).toEqual(["finished"]);
    expect(queue.stagesOf("waiting")).toEqual(["queue"]);
  });

  it("ends running jobs first with kill, also after it began to drain", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1, Kill_Grace: 0.2 });
    const manager = await queue.run();
    queue.deliver("running", { script: `trap '' TERM; ${WAITS}` });
    await queue.wrote("running", "up");
    queue.deliver("waiting", { script: "true" });
    await queue.shows("the other waiting", ({ waiting }) => waiting.length === 1);
    manager.stop("drain");
    await queue.stop("kill");
    expect(queue.record("running")).toMatchObject({ state: "killed", killedBy: "qm stop --kill" });
    expect(queue.stagesOf("waiting")).toEqual(["queue"]);
    expect(queue.processes()).toEqual([]);
  });

  it("tells by whom a job was ended that way", async () => {
    const queue = makeQueue({ Kill_Grace: 0.2 });
    await queue.run();
    queue.deliver("job", { script: WAITS });
    await queue.wrote("job", "up");
    leaveStopRequest(queue.layout.stopRequest, "kill", "ada@lab1");
    await queue.left();
    expect(queue.record("job")).toMatchObject({
      state: "killed",
      reason: "killed by ada@lab1 with qm stop --kill",
    });
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
