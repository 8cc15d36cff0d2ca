import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function reasonOf(queue: InProcessQueue, name: string): string | undefined {
  return queue.status()?.waiting.find((job) => job.name === name)?.reason;
}

describe("a worker that somebody has paused", () => {
  it("goes on with what runs and is given nothing, over a restart of the manager too, until it is resumed", async () => {
    const queue = makeQueue({ Worker: "Lab1", MaxNbProcessors: 2 });
    await queue.run();
    queue.deliver("running", { script: "while [ ! -e go ]; do sleep 0.05; done" });
    await queue.shows("it running", ({ running }) => running[0]?.state === "running");
    const file = path.join(queue.layout.root, "QM_PAUSE.lab1");
    fs.writeFileSync(file, "ann@lab\nnew graphics card\n");
    const pause = "paused by ann@lab: new graphics card";
    await queue.shows("the pause", ({ workers }) => workers[0]?.closed === pause);
    queue.deliver("next", { script: "true" });
    await until("the reason", () => reasonOf(queue, "next") === `Lab1 gets no jobs: ${pause}`);
    await queue.stop();
    await queue.run();
    fs.writeFileSync(path.join(queue.folder("running", "running"), "go"), "");
    expect(await queue.ended("running")).toMatchObject({ state: "done" });
    await queue.shows(
      "it paused",
      ({ workers }) => workers[0]?.state === "paused" && workers[0]?.processors.busy === 0,
    );
    expect(queue.status()?.paused).toBe(false);
    fs.rmSync(file);
    expect(await queue.ended("next")).toMatchObject({ state: "done", worker: "Lab1" });
  });
});
