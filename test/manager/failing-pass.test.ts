import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { ranJob } from "./attempt-fixture.ts";
import { makeQueue } from "./queue-fixture.ts";

const FAILED = "a pass failed; trying again every second";

describe("a pass that cannot see everything", () => {
  it("decides nothing while a launch cannot be read, is told of once, and goes on later", async () => {
    const queue = makeQueue();
    const { attemptFolder } = await ranJob(queue, "job", 0);
    const launch = path.join(attemptFolder, "launch.json");
    const text = fs.readFileSync(launch, "utf8");
    fs.rmSync(launch);
    execFileSync("mkfifo", [launch]);
    await queue.run();
    await until("the failure", () => queue.log.of(FAILED)[0]);
    expect(queue.log.of(FAILED)[0]?.fields["why"]).toContain("a FIFO");
    expect(queue.stagesOf("job")).toEqual(["running"]);
    fs.rmSync(launch);
    fs.writeFileSync(launch, text);
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
    expect(queue.log.of(FAILED)).toHaveLength(1);
    await until("the recovery", () => queue.log.of("passes work again").length === 1);
  });

  it.each(["start", "exit"])("decides nothing while %s cannot be read", async (name) => {
    const queue = makeQueue();
    const { attemptFolder } = await ranJob(queue, "job", 0);
    const record = path.join(attemptFolder, name);
    fs.renameSync(record, `${record}.away`);
    fs.mkdirSync(record);
    await queue.run();
    await until("the failure", () => queue.log.of(FAILED)[0]);
    expect(queue.stagesOf("job")).toEqual(["running"]);
    fs.rmdirSync(record);
    fs.renameSync(`${record}.away`, record);
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });

  it("starts nothing while the records are away, and goes on with the running job when they are back", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("lasting", { script: 'echo up > up; while [ ! -e "$QM_FOLDER/go" ]; do sleep 0.05; done' });
    await queue.wrote("lasting", "up");
    const workers = path.join(queue.layout.state, "workers");
    fs.renameSync(workers, `${workers}.away`);
    fs.symlinkSync(workers, workers);
    await until("the failure", () => queue.log.of(FAILED)[0]);
    expect(queue.stagesOf("lasting")).toEqual(["running"]);
    fs.rmSync(workers);
    fs.renameSync(`${workers}.away`, workers);
    fs.writeFileSync(path.join(queue.layout.root, "go"), "");
    expect(await queue.ended("lasting")).toMatchObject({ state: "done", attempt: 1 });
  });
});

describe("folders that go away under the running manager", () => {
  it.each(["queue", "running", "finished", "lost"] as const)("are made again: %s", async (stage) => {
    const queue = makeQueue();
    await queue.run();
    fs.rmdirSync(queue.layout[stage]);
    await until("the folder", () => fs.existsSync(queue.layout[stage]));
    queue.deliver("good", { script: "true" });
    queue.deliver("bad", { nb_proc: "x" });
    expect(await queue.ended("good")).toMatchObject({ state: "done" });
    expect(await queue.ended("bad")).toMatchObject({ state: "invalid" });
  });

  it("are the manager's own state: what runs is lost then, what comes later is not", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("before", { script: "echo up > up; sleep 1000" });
    await queue.wrote("before", "up");
    fs.rmSync(queue.layout.state, { recursive: true });
    expect(await queue.ended("before")).toMatchObject({ state: "lost" });
    queue.deliver("after", { script: "true" });
    expect(await queue.ended("after")).toMatchObject({ state: "done" });
    expect(queue.history().map(({ name }) => name)).toEqual(["before", "after"]);
    expect(queue.processes()).toEqual([]);
  });

  it("are the whole queue, which is not made again: its disk may come back", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("lasting", { script: "echo up > up; sleep 0.5" });
    await queue.wrote("lasting", "up");
    fs.renameSync(queue.layout.root, `${queue.layout.root}.away`);
    const failed = await until(
      "a failed pass, or a new folder",
      () => queue.log.of(FAILED)[0] ?? fs.existsSync(queue.layout.root),
    );
    expect(failed).not.toBe(true);
    expect(fs.existsSync(queue.layout.root)).toBe(false);
    fs.renameSync(`${queue.layout.root}.away`, queue.layout.root);
    expect(await queue.ended("lasting")).toMatchObject({ state: "done" });
  });
});
