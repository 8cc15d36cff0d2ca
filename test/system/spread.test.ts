import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SpreadJob } from "../support/spread-job.ts";
import { until } from "../support/until.ts";

let all: SpreadJob;

beforeEach(async () => {
  all = new SpreadJob();
  await all.begin();
});

afterEach(async () => await all.close());

describe("a job that runs on all workers", () => {
  it("runs once on each, with a copy of its own, and ends with the worst of them", async () => {
    all.deliver("[ $QM_WORKER != lab3 ] || exit 5");
    await all.expectOnceEach();
    const { queue } = all;
    const record = queue.record("all");
    expect(record).toMatchObject({ state: "failed", exitCode: 5 });
    expect(record?.reason).toMatch(/^done on 2 of 3 workers; all\.lab3: failed, /);
    expect(queue.record("all.lab2")).toMatchObject({ state: "done", worker: "lab2" });
    expect(queue.read("all.lab2", "process.log")).toContain("ours 7");
  });

  it("is killed on all", async () => {
    const { queue, children } = all;
    all.deliver("sleep 60");
    await until("it everywhere", () => all.ledger().length === children.length);
    const note = () => queue.status()?.running.find(({ name }) => name === "all")?.note;
    await until("its note", () => note() === "on 3 workers: 0 of 3 ended");
    queue.request("running", "all", "QM_KILL", "ann");
    expect(await queue.ended("all")).toMatchObject({ state: "killed", killedBy: "ann" });
    for (const name of children) expect(queue.record(name)).toMatchObject({ state: "killed" });
  });
});
