import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workerFiles } from "../../src/queue/workers/worker-files.ts";
import { scratchFolder } from "../support/scratch.ts";
import { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";
import { WorkerProcess } from "../support/worker-process.ts";
import { fillUp, SmallDisk, smallDiskOrSkip } from "./small-disk.ts";

const NO_ROOM = /ENOSPC|no space|disk is full/;

let disk: SmallDisk;
let queue: TestQueue;
let worker: WorkerProcess;
let ballast: string;

beforeEach(async () => {
  disk = SmallDisk.mount();
  ballast = path.join(disk.folder, "ballast");
  queue = new TestQueue({ Local_Worker: "False" }, path.join(disk.folder, "q"));
  worker = new WorkerProcess(queue, "lab2", { disk: scratchFolder() });
  await queue.start();
  await worker.start();
  await until("the worker", () => queue.status()?.workers[0]?.state === "open");
});

afterEach(async () => {
  await worker.end();
  await queue.close();
  disk.unmount();
});

describe.runIf(smallDiskOrSkip())("a worker's job while the shared folder is full", () => {
  it("keeps its end on the worker's own disk, also while that is killed, and it is told once there is room", async () => {
    queue.deliver("job", { script: "echo $$ >pid; until [ -e go ]; do sleep 0.05; done; exit 5" });
    await queue.wrote("job", "pid");
    const job = queue.folder("running", "job");
    fs.writeFileSync(path.join(job, "wait"), "");
    fillUp(ballast);
    // A rename takes no room.
    fs.renameSync(path.join(job, "wait"), path.join(job, "go"));
    await until("the worker's words", () => NO_ROOM.test(worker.said));
    await worker.end("SIGKILL");
    worker.launch();
    await pause(1500);
    expect([queue.stagesOf("job"), queue.history()]).toEqual([["running"], []]);
    expect(worker.ended, worker.said).toBeUndefined();
    fs.rmSync(ballast);
    expect(await queue.ended("job")).toMatchObject({ state: "failed", exitCode: 5, attempt: 1 });
    expect(queue.history("job")).toHaveLength(1);
  });

  it("is claimed and started once, when there is room", async () => {
    worker.signal("SIGSTOP");
    queue.deliver("job", { script: "echo ran >>starts; exit 6" });
    const order = path.join(workerFiles(queue.layout, "lab2").folder, "job.1/order.json");
    await until("the order", () => fs.existsSync(order));
    fillUp(ballast);
    worker.signal("SIGCONT");
    await until("the worker's words", () => NO_ROOM.test(worker.said));
    await pause(1500);
    expect(queue.read("job", "starts")).toBeUndefined();
    fs.rmSync(ballast);
    expect(await queue.ended("job")).toMatchObject({ state: "failed", exitCode: 6, attempt: 1 });
    expect(queue.read("job", "starts")).toBe("ran\n");
    expect(queue.history("job")).toHaveLength(1);
  });
});
