import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function reasonOf(queue: InProcessQueue, name: string): string | undefined {
  return queue.status()?.waiting.find((job) => job.name === name)?.reason;
}

describe("the manager's own machine as a worker", () => {
  it("runs what asks for what it has, from the moment at which its configuration says so", async () => {
    const queue = makeQueue({ Worker: "lab1" });
    await queue.run();
    const asked = { worker: "lab9, LAB1", pool: "night", needs: "gpu, cores>=1, mem>=1M, os=linux" };
    queue.deliver("asking", { script: "true", ...asked });
    queue.deliver("other", { script: "true" });
    expect(await queue.ended("other")).toMatchObject({ state: "done" });
    await until("the reason", () => reasonOf(queue, "asking") === "no worker has pool night: lab1 has none");
    queue.configure({ Worker: "lab1" }, { Worker: { Pools: "day, Night" } });
    await until("the next", () => reasonOf(queue, "asking") === "no worker has label gpu: lab1 has none");
    queue.configure({ Worker: "lab1" }, { Worker: { Pools: "day, Night", Labels: "gpu=a100" } });
    expect(await queue.ended("asking")).toMatchObject({
      state: "done",
      worker: "lab1",
      workers: ["lab9", "LAB1"],
      pool: "night",
      needs: ["gpu", "cores>=1", "mem>=1M", "os=linux"],
    });
  });

  it("runs no more jobs at a time than Max_Jobs, and only those that name it if it is to", async () => {
    const queue = makeQueue({ MaxNbProcessors: 8 });
    queue.configure({ MaxNbProcessors: 8 }, { Worker: { Name: "lab1", Max_Jobs: 1, Only_Named: "True" } });
    await queue.run();
    queue.deliver("first", { script: "while [ ! -e go ]; do sleep 0.05; done", worker: "lab1" });
    await queue.shows("the first running", ({ running }) => running.length === 1);
    queue.deliver("second", { script: "true", worker: "lab1" });
    queue.deliver("third", { script: "true" });
    const full = "first in line: needs 1 processor; lab1 runs 1 job, no more at a time (Max_Jobs)";
    await until("the reason of the second", () => reasonOf(queue, "second") === full);
    expect(queue.status()?.idle).toBe("7 processors are idle: lab1 runs 1 job, no more at a time (Max_Jobs)");
    expect(reasonOf(queue, "third")).toBe(
      "no worker takes it: lab1 takes only jobs that name it (Only_Named)",
    );
    fs.writeFileSync(path.join(queue.folder("running", "first"), "go"), "");
    expect(await queue.ended("second")).toMatchObject({ state: "done" });
    expect(queue.stagesOf("third")).toEqual(["queue"]);
  });

  it("is none with Local_Worker = False: what runs there goes on, nothing more starts", async () => {
    const queue = makeQueue({ Worker: "lab1" });
    await queue.run();
    queue.deliver("running", { script: "while [ ! -e go ]; do sleep 0.05; done" });
    await queue.shows("it running", ({ running }) => running[0]?.state === "running");
    queue.configure({ Worker: "lab1", Local_Worker: "False" });
    await queue.shows(
      "no worker",
      ({ workers, processors }) => workers.length === 0 && processors.busy === 1,
    );
    queue.deliver("next", { script: "true" });
    await until("the reason", () => reasonOf(queue, "next")?.startsWith("no worker is there: ") === true);
    fs.writeFileSync(path.join(queue.folder("running", "running"), "go"), "");
    expect(await queue.ended("running")).toMatchObject({ state: "done", worker: "lab1" });
    expect(queue.stagesOf("next")).toEqual(["queue"]);
    queue.configure({ Worker: "lab1" });
    expect(await queue.ended("next")).toMatchObject({ state: "done", worker: "lab1" });
  });

  it("counts what it ran under another name", async () => {
    const queue = makeQueue({ Worker: "old", MaxNbProcessors: 2 });
    await queue.run();
    queue.deliver("long", { script: "while [ ! -e go ]; do sleep 0.05; done", nb_proc: 2 });
    await queue.shows("it running", ({ running }) => running[0]?.state === "running");
    await queue.stop();
    queue.configure({ Worker: "new" }, { Worker: { Processors: 2 } });
    await queue.run();
    queue.deliver("next", { script: "true" });
    await until(
      "the reason",
      () => reasonOf(queue, "next") === "first in line: needs 1 processor, none is free",
    );
    expect(queue.status()).toMatchObject({ worker: "new", processors: { max: 2, busy: 2 } });
    fs.writeFileSync(path.join(queue.folder("running", "long"), "go"), "");
    expect(await queue.ended("next")).toMatchObject({ worker: "new" });
  });
});
