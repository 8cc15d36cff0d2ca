import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/queue/books/job-records.ts";
import { planClean } from "../../src/queue/submit/clean-job.ts";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

/** A job's folder with such a file, delivered whole. */
function deliver(
  queue: InProcessQueue,
  name: string,
  job: object,
  beside: object = {},
  file = "job.json",
): void {
  const folder = path.join(queue.base, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, file), JSON.stringify({ Job: job, ...beside }, null, 2));
  fs.renameSync(folder, queue.folder("queue", name));
}

function jobOf(queue: InProcessQueue, name: string, file = "job.json"): unknown {
  return JSON.parse(queue.read(name, file) ?? "null");
}

describe("the file of a job in Igor's form", () => {
  it("says what becomes of it, with all the keys it had, and is no result of it", async () => {
    const queue = makeQueue();
    await queue.run();
    const job = { Script: "until [ -e go ]; do sleep 0.05; done", mine: [1], Status: "ToDo", Worker: "srv1" };
    deliver(queue, "one", job, { beside: { a: 1 } });
    await until("InProgress", () => queue.read("one", "job.json")?.includes("InProgress"));
    expect(queue.stagesOf("one")).toEqual(["running"]);
    expect(jobOf(queue, "one")).toEqual({ Job: { ...job, Status: "InProgress" }, beside: { a: 1 } });
    fs.writeFileSync(path.join(queue.folder("running", "one"), "go"), "");
    await queue.ended("one");
    expect(jobOf(queue, "one")).toEqual({ Job: { ...job, Status: "Finished" }, beside: { a: 1 } });
    const folder = queue.folder("finished", "one");
    expect(fs.readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    const inputs = readInputs(folder) ?? { version: 1, entries: [] };
    expect(planClean(folder, inputs)).toMatchObject({ spoiled: [], written: [Buffer.from("go")] });
  });

  it.each([
    ["RuntimeError", { Script: "exit 3" }],
    ["TimeOutError", { Script: "sleep 60", TimeOut: 0.3 }],
    ["Error", { Script: "kill -9 $PPID; sleep 60" }],
  ])("says %s after %j", async (Status, job) => {
    const queue = makeQueue();
    await queue.run();
    deliver(queue, "one", job);
    await queue.ended("one");
    expect(jobOf(queue, "one")).toEqual({ Job: { ...job, Status } });
  });

  it.each([
    ["removed", "rm job.json"],
    ["broken", "echo '{' > job.json"],
    ["replaced by a folder", "rm job.json; mkdir job.json"],
    ["replaced by a link", 'echo \'{"Job": {"Script": "a"}}\' > target; ln -sf target job.json'],
    ["replaced by a FIFO", "rm job.json; mkfifo job.json"],
    ["another", 'echo \'{"script": "a"}\' > job.json'],
  ])("keeps no job from ending when it is %s", async (_, Script) => {
    const queue = makeQueue();
    await queue.run();
    deliver(queue, "one", { Script: `${Script}; sleep 0.2` });
    expect(await queue.ended("one")).toMatchObject({ state: "done" });
    expect(queue.read("one", "target") ?? "").not.toContain("Finished");
  });

  it("may have any name where there is no other info file", async () => {
    const queue = makeQueue({ job_file: "proc_config.cfg" });
    await queue.run();
    deliver(queue, "one", { Script: "true" }, {}, "mine.json");
    expect(await queue.ended("one")).toMatchObject({ state: "done", infoFile: "mine.json" });
    expect(jobOf(queue, "one", "mine.json")).toEqual({ Job: { Script: "true", Status: "Finished" } });
  });

  it("runs where WorkingDirectory says: absolute, in the job's folder, in QM_FOLDER", async () => {
    const queue = makeQueue();
    fs.mkdirSync(path.join(queue.layout.root, "shared"));
    await queue.run();
    deliver(queue, "absolute", { Script: "pwd", WorkingDirectory: queue.base });
    deliver(queue, "here", { Script: "pwd", WorkingDirectory: "." });
    deliver(queue, "shared", { Script: "pwd", WorkingDirectory: "shared" });
    for (const name of ["absolute", "here", "shared"]) await queue.ended(name);
    const log = (name: string) => queue.read(name, "process.log")?.split("\n")[1];
    expect(log("absolute")).toBe(fs.realpathSync(queue.base));
    expect(log("here")).toBe(fs.realpathSync(queue.layout.running).concat("/here"));
    expect(log("shared")).toBe(fs.realpathSync(queue.layout.root).concat("/shared"));
  });

  it("is refused for a WorkingDirectory that is not there, with its line", async () => {
    const queue = makeQueue();
    await queue.run();
    deliver(queue, "one", { Script: "pwd", WorkingDirectory: "nowhere" });
    const { state, problems } = await queue.ended("one");
    expect({ state, problems }).toEqual({
      state: "invalid",
      problems: [
        expect.stringMatching(/^job.json, line 4, WorkingDirectory: is "nowhere", which is no folder; /),
      ],
    });
    expect(queue.read("one", "job.json")).not.toContain("Status");
  });

  it("is refused too where its WorkingDirectory goes while it waits", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    const place = path.join(queue.base, "place");
    fs.mkdirSync(place);
    await queue.run();
    queue.deliver("before", { script: "until [ -e go ]; do sleep 0.05; done" });
    await queue.started("before");
    deliver(queue, "one", { Script: "pwd", WorkingDirectory: place });
    await queue.shows("the job waiting", ({ waiting }) => waiting.some(({ name }) => name === "one"));
    fs.rmdirSync(place);
    fs.writeFileSync(path.join(queue.folder("running", "before"), "go"), "");
    expect(await queue.ended("one")).toMatchObject({ state: "invalid" });
  });
});
