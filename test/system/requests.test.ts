import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

beforeEach(async () => {
  queue = new TestQueue({ MaxNbProcessors: 1 });
  await queue.start();
});

afterEach(async () => {
  await queue.close();
});

/** Fills the only processor until the file `go` lies in the job's folder. */
async function occupy(): Promise<() => void> {
  queue.deliver("occupier", { script: "echo >up; until [ -e go ]; do sleep 0.05; done" });
  await queue.wrote("occupier", "up");
  return () => fs.writeFileSync(path.join(queue.folder("running", "occupier"), "go"), "");
}

async function waits(name: string): Promise<void> {
  await until(`${name} among the waiting`, () => queue.status()?.waiting.some((job) => job.name === name));
}

describe("QM_KILL", () => {
  it("in a running job's folder ends it and is taken away", async () => {
    queue.deliver("job", { script: "sleep 60 & echo $$ $! >pids; wait" });
    const pids = (await queue.wrote("job", "pids")).trim().split(" ").map(Number);
    queue.request("running", "job", "QM_KILL", "ann");
    expect(await queue.ended("job")).toMatchObject({ state: "killed", killedBy: "ann" });
    expect(pids.filter(isRunning)).toEqual([]);
    expect(queue.read("job", "QM_KILL")).toBeUndefined();
    expect(queue.read("job", "process.log")).toMatch(/\[QM\] ended .*killed by ann\n$/);
  });

  it("in a waiting job's folder withdraws it as killed", async () => {
    const release = await occupy();
    queue.deliver("job", { script: "echo >ran" });
    await waits("job");
    queue.request("queue", "job", "QM_KILL", "ann");
    expect(await queue.ended("job")).toMatchObject({ state: "killed", killedBy: "ann" });
    expect(queue.stagesOf("job")).toEqual(["finished"]);
    expect(queue.read("job", "ran")).toBeUndefined();
    await until("the request's end", () => queue.read("job", "QM_KILL") === undefined);
    release();
  });

  it("in a folder as it arrives keeps it from ever running", async () => {
    queue.deliver("job", { script: "echo >ran" }, { QM_KILL: "ann\n" });
    expect(await queue.ended("job")).toMatchObject({ state: "killed" });
    expect(queue.read("job", "ran")).toBeUndefined();
  });
});

describe("QM_HOLD", () => {
  it("keeps a job waiting as long as it lies there", async () => {
    queue.deliver("held", { script: "true" }, { QM_HOLD: "" });
    await waits("held");
    queue.deliver("other", { script: "true" });
    await queue.ended("other");
    expect(queue.status()?.waiting).toMatchObject([{ name: "held", held: true }]);
    expect(queue.status()?.waiting[0]?.reason).toContain("QM_HOLD");
    fs.rmSync(path.join(queue.folder("queue", "held"), "QM_HOLD"));
    expect(await queue.ended("held")).toMatchObject({ state: "done" });
  });

  it("is kept over a restart", async () => {
    queue.deliver("held", { script: "true" }, { QM_HOLD: "" });
    await waits("held");
    await queue.manager.kill();
    await queue.start();
    queue.deliver("other", { script: "true" });
    await queue.ended("other");
    expect(queue.stagesOf("held")).toEqual(["queue"]);
  });
});

describe("QM_TOP", () => {
  it("sends a job before those admitted earlier, and is taken away", async () => {
    const release = await occupy();
    for (const name of ["first", "second", "third"]) {
      queue.deliver(name, { script: "true" });
      await waits(name);
    }
    queue.request("queue", "third", "QM_TOP");
    await until("the new order", () => queue.status()?.waiting[0]?.name === "third");
    expect(fs.readdirSync(queue.folder("queue", "third"))).not.toContain("QM_TOP");
    release();
    await queue.ended("second");
    expect(queue.history().map(({ name }) => name)).toEqual(["occupier", "third", "first", "second"]);
  });

  it("counts after a restart too", async () => {
    const release = await occupy();
    for (const name of ["first", "second"]) {
      queue.deliver(name, { script: "true" });
      await waits(name);
    }
    queue.request("queue", "second", "QM_TOP");
    await until("the new order", () => queue.status()?.waiting[0]?.name === "second");
    await queue.manager.kill();
    await queue.start();
    for (const name of ["first", "second"]) await waits(name);
    release();
    await queue.ended("first");
    expect(queue.history().map(({ name }) => name)).toEqual(["occupier", "second", "first"]);
  });
});

describe("QM_PAUSE", () => {
  it("in QM_FOLDER starts no job while it lies there", async () => {
    const file = path.join(queue.layout.root, "QM_PAUSE");
    fs.writeFileSync(file, "");
    await until("the pause", () => queue.status()?.paused);
    // The passes that let the second wait have all met the first as one that could start.
    for (const name of ["job", "another"]) {
      queue.deliver(name, { script: "true" });
      await waits(name);
    }
    expect(queue.stagesOf("job")).toEqual(["queue"]);
    expect(queue.status()?.waiting[0]?.reason).toContain("paused");
    fs.rmSync(file);
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });
});

describe("a finished folder moved back into the queue", () => {
  it("runs again as the next attempt and keeps its old logs", async () => {
    queue.deliver("job", { script: "echo attempt $QM_ATTEMPT; exit 3" });
    for (const attempt of [1, 2, 3]) {
      await until(`attempt ${attempt}`, () => queue.stagesOf("job").includes("finished"));
      expect(queue.record("job")).toMatchObject({ state: "failed", attempt });
      if (attempt < 3) fs.renameSync(queue.folder("finished", "job"), queue.folder("queue", "job"));
    }
    expect(queue.read("job", "process.1.log")).toContain("attempt 1\n");
    expect(queue.read("job", "process.2.log")).toContain("attempt 2\n");
    expect(queue.read("job", "process.log")).toContain("attempt 3\n");
    expect(queue.history("job").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it("from QM_lost+found runs when its info file is put right", async () => {
    queue.deliver("job", { script: "true", nb_proc: "two" });
    await queue.ended("job");
    const folder = queue.folder("lost", "job");
    fs.writeFileSync(path.join(folder, "proc_config.cfg"), "[QMOptions]\nscript : true\n");
    fs.renameSync(folder, queue.folder("queue", "job"));
    await until("its end", () => queue.stagesOf("job").includes("finished"));
    expect(queue.record("job")).toMatchObject({ state: "done", attempt: 1 });
  });
});
