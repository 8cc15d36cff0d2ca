import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { leaveStopRequest } from "../../src/queue/manager-requests.ts";
import { makeRequest } from "../../src/queue/requests.ts";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";
import { fillUp, SmallDisk, smallDiskOrSkip } from "./small-disk.ts";

let queue: TestQueue | undefined;
let disk: SmallDisk | undefined;
let mountPoint = "";

afterEach(async () => {
  await queue?.close();
  disk?.unmount();
});

function mountSmall(): void {
  disk = SmallDisk.mount();
  mountPoint = disk.folder;
}

const canMount = smallDiskOrSkip();

const FILLS = "dd if=/dev/zero of=big bs=4k 2>/dev/null; echo x >>big 2>/dev/null";

describe.runIf(canMount)("a job that fills the disk", () => {
  it.each([
    ["and fails", "exit 7", "failed", 7],
    ["and is content", "exit 0", "done", 0],
  ])("%s ends with its own exit code once there is room again", async (_, exit, state, exitCode) => {
    mountSmall();
    queue = new TestQueue({}, path.join(mountPoint, "q"));
    await queue.start();
    queue.deliver("greedy", { script: `${FILLS}; echo >full; ${exit}` });
    await until("the full disk", () => queue?.stagesOf("greedy")[0] === "running" && isFull());
    const note = await until("the reason in the status", () => {
      const found = queue?.status()?.running.find(({ name }) => name === "greedy")?.note;
      return found?.includes("has ended") && found;
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${JSON.stringify(queue?.status())}\n${queue?.said}`);
    });
    expect(note).toMatch(/its end cannot be written down: .*(no space left|disk is full)/);
    expect(queue.stagesOf("greedy")).toEqual(["running"]);
    expect(queue.history()).toEqual([]);
    fs.rmSync(path.join(queue.folder("running", "greedy"), "big"));
    expect(await queue.ended("greedy")).toMatchObject({ state, exitCode, attempt: 1 });
    expect(queue.history("greedy")).toHaveLength(1);
    queue.deliver("next", { script: "true" });
    expect(await queue.ended("next")).toMatchObject({ state: "done" });
  });

  it("while its manager is killed and started anew ends with its own exit code", async () => {
    mountSmall();
    queue = new TestQueue({}, path.join(mountPoint, "q"));
    const first = await queue.start();
    queue.deliver("greedy", { script: `${FILLS}; exit 7` });
    await until("the full disk", () => queue?.stagesOf("greedy")[0] === "running" && isFull());
    await first.kill();
    const second = queue.launch();
    await pause(1500);
    expect(second.ended, queue.said).toBeUndefined();
    expect(queue.stagesOf("greedy")).toEqual(["running"]);
    fs.rmSync(path.join(queue.folder("running", "greedy"), "big"));
    expect(await queue.ended("greedy")).toMatchObject({ state: "failed", exitCode: 7, attempt: 1 });
    expect(queue.history("greedy")).toHaveLength(1);
  });
});

describe.runIf(canMount)("a job whose end cannot be written down", () => {
  const kill = (job: string) => makeRequest(job, "QM_KILL", "ann");

  /** With `exit` cut, the file system keeps no room for it, as one that copies on write. */
  async function endOnFullDisk(keepsRoom: boolean, script: string, limit = "1h"): Promise<string> {
    mountSmall();
    queue = new TestQueue({}, path.join(mountPoint, "q"));
    await queue.start();
    queue.deliver("job", {
      script: `echo $$ >pid; until [ -e go ]; do sleep 0.05; done; ${script}`,
      time_limit: limit,
    });
    await queue.wrote("job", "pid");
    const [attempt = ""] = queue.attempts();
    if (!keepsRoom) fs.truncateSync(path.join(queue.layout.state, "workers/here", attempt, "exit"));
    const job = queue.folder("running", "job");
    fs.writeFileSync(path.join(job, "wait"), "");
    fillUp(path.join(mountPoint, "ballast"));
    // A rename takes no room.
    fs.renameSync(path.join(job, "wait"), path.join(job, "go"));
    return job;
  }

  it.each([
    ["with its end recorded, and is then killed", true, kill],
    ["with no end recorded, and is then killed", false, kill],
    [
      "with no end recorded, and its manager is then stopped with kill",
      false,
      () => queue && leaveStopRequest(queue.layout.stopRequest, "kill"),
    ],
  ])("%s, keeps its own end", async (_, keepsRoom, ask) => {
    const job = await endOnFullDisk(keepsRoom, "exit 0");
    await until("its note", () => queue?.status()?.running[0]?.note?.includes("has ended"));
    ask(job);
    await until("its being taken", () => !fs.existsSync(queue?.layout.stopRequest ?? ""));
    await pause(500);
    fs.rmSync(path.join(mountPoint, "ballast"));
    expect(await queue?.ended("job")).toMatchObject({ state: "done", exitCode: 0 });
  });

  it.each([true, false])("though it still runs when it is killed, was killed", async (keepsRoom) => {
    const job = await endOnFullDisk(
      keepsRoom,
      "trap 'exit 0' TERM; echo x >trap; while :; do sleep 0.05; done",
    );
    await until("its trap", () => fs.existsSync(path.join(job, "trap")));
    kill(job);
    await until(
      "its end",
      () => queue?.processes().length === 0 || queue?.status()?.running[0]?.state === "ending",
    );
    fs.rmSync(path.join(mountPoint, "ballast"));
    expect(await queue?.ended("job")).toMatchObject({ state: "killed", exitCode: 0 });
  });
});

describe.runIf(canMount)("a job that is killed before it could start on a full disk", () => {
  it("ends as killed once there is room again, and its processors are free", async () => {
    mountSmall();
    queue = new TestQueue({ MaxNbProcessors: 1 }, path.join(mountPoint, "q"));
    await queue.start();
    // The room that this file takes is the one in which the job is claimed.
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "ann\n");
    queue.deliver("first", { script: "echo ran > ran" });
    await until("its waiting", () => queue?.status()?.waiting.length === 1);
    const ballast = path.join(mountPoint, "ballast");
    fillUp(ballast);
    fs.rmSync(path.join(queue.layout.root, "QM_PAUSE"));
    await until("its claim", () => queue?.stagesOf("first")[0] === "running");
    makeRequest(queue.folder("running", "first"), "QM_KILL", "ann");
    await until("the refused end", () => /action=cancel/.test(queue?.said ?? ""));
    fs.rmSync(ballast);
    expect(await queue.ended("first")).toMatchObject({ state: "killed" });
    expect(queue.read("first", "ran")).toBeUndefined();
    queue.deliver("next", { script: "true" });
    expect(await queue.ended("next")).toMatchObject({ state: "done" });
  });
});

describe.runIf(canMount)("a request on a full disk", () => {
  it("is made, as an empty file", () => {
    mountSmall();
    const folder = path.join(mountPoint, "job");
    fs.mkdirSync(folder);
    fillUp(path.join(mountPoint, "ballast"));
    makeRequest(folder, "QM_KILL", "ann");
    expect(fs.readdirSync(folder)).toEqual(["QM_KILL"]);
  });

  it("to end the jobs and stop reaches the manager", async () => {
    mountSmall();
    queue = new TestQueue({}, path.join(mountPoint, "q"));
    const manager = await queue.start();
    queue.deliver("job", { script: "echo $$ >pid; sleep 60" });
    const pid = Number(await queue.wrote("job", "pid"));
    const ballast = path.join(mountPoint, "ballast");
    fillUp(ballast);
    leaveStopRequest(queue.layout.stopRequest, "kill");
    await until("the job's end", () => !isRunning(pid));
    fs.rmSync(ballast);
    expect(await manager.end()).toBe(0);
    expect(queue.record("job")).toMatchObject({ state: "killed" });
  });
});

describe.runIf(canMount)("a waiting job", () => {
  it("does not start below the free space asked for, says so, and starts when there is room", async () => {
    mountSmall();
    queue = new TestQueue({ Min_Free_Disk: "1 MB" }, path.join(mountPoint, "q"));
    const ballast = path.join(mountPoint, "ballast");
    fs.writeFileSync(ballast, Buffer.alloc(1.5e6));
    await queue.start();
    queue.deliver("job", { script: "true" });
    await until("the reason", () => queue?.status()?.waiting[0]?.reason.includes("low disk"));
    expect(queue.status()?.closed).toContain("low disk");
    fs.rmSync(ballast);
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });
});

function isFull(): boolean {
  const { bavail } = fs.statfsSync(mountPoint);
  return bavail === 0;
}
