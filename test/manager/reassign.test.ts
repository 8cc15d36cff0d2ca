import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { act } from "../../src/app/act.ts";
import { personHere } from "../../src/app/actor.ts";
import { jobAt } from "../../src/app/find-job.ts";
import type { Destination } from "../../src/job/reassignment.ts";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function shown(queue: InProcessQueue, name: string) {
  return queue.status()?.waiting.find((job) => job.name === name);
}

function reassign(queue: InProcessQueue, name: string, to: Destination): void {
  act(queue.layout, jobAt(queue.layout, "queue", name), "reassign", personHere(), { to });
}

async function labQueue(): Promise<InProcessQueue> {
  const queue = makeQueue({ Worker: "lab1" });
  queue.configure({ Worker: "lab1" }, { Worker: { Pools: "day" } });
  await queue.run();
  return queue;
}

describe("a waiting job that somebody reassigns", () => {
  it("runs where it is told to, and its info file stays as it is", async () => {
    const queue = await labQueue();
    queue.deliver("elsewhere", { script: "true", worker: "lab9" });
    await until(
      "the reason",
      () => shown(queue, "elsewhere")?.reason === "no worker is called lab9: there is lab1",
    );
    const file = path.join(queue.folder("queue", "elsewhere"), "proc_config.cfg");
    const before = fs.readFileSync(file, "utf8");
    reassign(queue, "elsewhere", { worker: "lab1" });
    expect(await queue.ended("elsewhere")).toMatchObject({
      state: "done",
      worker: "lab1",
      workers: ["lab1"],
    });
    const ended = queue.folder("finished", "elsewhere");
    expect(fs.readFileSync(path.join(ended, "proc_config.cfg"), "utf8")).toBe(before);
    expect(fs.readdirSync(ended)).not.toContain("QM_REASSIGN");
  });

  it("keeps its place over a restart and an edit of its info file, until it is given another", async () => {
    const queue = await labQueue();
    queue.deliver("moved", { script: "true" });
    queue.deliver("held", { script: "true" });
    for (const name of ["moved", "held"])
      fs.writeFileSync(path.join(queue.folder("queue", name), "QM_HOLD"), "");
    await until(
      "both held",
      () => shown(queue, "moved")?.held === true && shown(queue, "held")?.held === true,
    );
    reassign(queue, "moved", { pool: "night" });
    const reassigned = { pool: "night", by: personHere().name };
    await queue.shows("the place", () => shown(queue, "moved")?.reassigned?.pool === "night");
    expect(shown(queue, "moved")).toMatchObject({ reassigned });
    await queue.stop();
    await queue.run();
    const file = path.join(queue.folder("queue", "moved"), "proc_config.cfg");
    fs.writeFileSync(file, `${fs.readFileSync(file, "utf8")}nb_proc : 2\n`);
    await until("the edit", () => shown(queue, "moved")?.processors === 2);
    expect(shown(queue, "moved")).toMatchObject({ reassigned });
    fs.rmSync(path.join(queue.folder("queue", "moved"), "QM_HOLD"));
    await until(
      "the reason",
      () => shown(queue, "moved")?.reason === "no worker has pool night: lab1 has day",
    );
    reassign(queue, "moved", {});
    expect(await queue.ended("moved")).toMatchObject({ state: "done" });
    expect(shown(queue, "held")?.reassigned).toBeUndefined();
  });

  it("does not start while its request names no place, and says so", async () => {
    const queue = await labQueue();
    queue.deliver("odd", { script: "true" }, { QM_REASSIGN: "to the moon\n" });
    await until("the reason", () => shown(queue, "odd")?.reason.includes("should be `worker NAME`") === true);
    const file = path.join(queue.folder("queue", "odd"), "QM_REASSIGN");
    fs.rmSync(file);
    expect(await queue.ended("odd")).toMatchObject({ state: "done" });
  });
});
