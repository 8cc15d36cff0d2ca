import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

afterEach(async () => {
  await queue.close();
});

function put(name: string, job: object): void {
  fs.writeFileSync(path.join(queue.layout.queue, `${name}.json`), JSON.stringify({ Job: job }, null, 2));
}

function statusOf(name: string): string | undefined {
  return /"Status": "(.*)"/.exec(queue.read(name, `${name}.json`) ?? "")?.[1];
}

describe("a JSON file as Igor has them", () => {
  it("runs once, and says how it ended, though the manager is killed while it runs", async () => {
    queue = new TestQueue();
    await queue.start();
    put("x", { Script: "echo once >> ran; until [ -e go ]; do sleep 0.05; done; exit 3" });
    await until("InProgress", () => statusOf("x") === "InProgress");
    await queue.manager.kill();
    fs.writeFileSync(path.join(queue.folder("running", "x"), "go"), "");
    await queue.start();
    expect(await queue.ended("x")).toMatchObject({ state: "failed", exitCode: 3 });
    expect(statusOf("x")).toBe("RuntimeError");
    expect(queue.read("x", "ran")).toBe("once\n");
  });

  it("is ended after its TimeOut with all that it has started", async () => {
    queue = new TestQueue();
    await queue.start();
    put("x", { Script: "sleep 60 & echo $! $$ > pids; sleep 60", TimeOut: 0.5 });
    expect(await queue.ended("x")).toMatchObject({ state: "timed_out" });
    expect(statusOf("x")).toBe("TimeOutError");
    const pids = (queue.read("x", "pids") ?? "").trim().split(" ").map(Number);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("runs beside as many others as there are processors, by priority", async () => {
    queue = new TestQueue({ MaxNbProcessors: 1 });
    const log = path.join(queue.base, "order");
    for (const [name, Priority] of Object.entries({ a: 0, b: 5, c: 9 }))
      put(name, { Script: `echo ${name} >> ${log}`, Priority });
    const pause = path.join(queue.layout.root, "QM_PAUSE");
    fs.writeFileSync(pause, "");
    await queue.start();
    // Each is admitted as soon as it is whole.
    await until("all of them waiting", () => queue.status()?.waiting.length === 3);
    fs.rmSync(pause);
    for (const name of ["a", "b", "c"]) await queue.ended(name);
    expect(fs.readFileSync(log, "utf8")).toBe("c\nb\na\n");
  });

  it("is read as it is saved anew while it is broken, and never half", async () => {
    queue = new TestQueue();
    await queue.start();
    const file = path.join(queue.layout.queue, "x.json");
    const text = '{"Job": {"Script": "true", "Name": "whole"}}';
    for (const end of [10, 20, 30, text.length]) {
      fs.writeFileSync(file, text.slice(0, end));
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (end < text.length) expect(fs.existsSync(file)).toBe(true);
    }
    expect(await queue.ended("x")).toMatchObject({ state: "done", description: "whole" });
  });
});
