import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { personHere } from "../../src/app/actor.ts";
import { jobAt } from "../../src/app/find-job.ts";
import { runAgain } from "../../src/app/give-up.ts";
import { redoJob } from "../../src/app/redo-job.ts";
import { giveUp, keep } from "../../src/manager/actions/give-up.ts";
import { readInputs, writeInputs } from "../../src/queue/books/job-records.ts";
import { writeOrigin } from "../../src/queue/origin.ts";
import { JOB_REQUESTS, MACHINE_IS_OFF } from "../../src/queue/request-files.ts";
import { makeRequest } from "../../src/queue/requests.ts";
import { claimName, makeClaim, readClaims } from "../../src/queue/workers/claim.ts";
import { ranJob } from "./attempt-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const CLAIM = { version: 1 as const, id: "random", machineId: "another machine", bootId: "boot" };

/** A job of which nothing tells how it ended, with a worker's claim in its folder, and a request to give it up. */
async function silentJob(queue: InProcessQueue, request = "ann") {
  const { folder, launch, attemptFolder } = await ranJob(queue, "far");
  fs.writeFileSync(
    path.join(attemptFolder, "launch.json"),
    JSON.stringify({ ...launch, worker: "lab2", remote: true }),
  );
  writeInputs(folder, launch.info.infoFile);
  await makeClaim(folder, claimName("lab2", launch.runId), CLAIM);
  makeRequest(folder, JOB_REQUESTS.lost, request);
  const context = queue.context();
  const [run] = context.runScan.observe().runs;
  if (run === undefined) throw new Error("no run");
  return { folder, attemptFolder, context, run };
}

describe("a job that a person gives up", () => {
  let queue: InProcessQueue;
  beforeEach(() => {
    queue = makeQueue();
  });

  it("is lost by that person's word, and its attempt is gone", async () => {
    const { context, run, attemptFolder } = await silentJob(queue);
    expect(run.lossRequested).toBe(true);
    expect(await giveUp(context, run)).toEqual({ kind: "done" });
    expect(queue.stagesOf("far")).toEqual(["lost"]);
    expect(queue.history("far")).toMatchObject([
      { state: "lost", reason: expect.stringContaining("given up by ann: there was no word from lab2") },
    ]);
    expect(fs.existsSync(attemptFolder)).toBe(false);
    expect(fs.existsSync(path.join(queue.folder("lost", "far"), JOB_REQUESTS.lost))).toBe(false);
  });

  it("has one line in the history though a crash came between that and its last rename", async () => {
    const { context, run } = await silentJob(queue);
    let confirmed = 0;
    const confirm = () => {
      confirmed += 1;
      if (confirmed === 2) throw new Error("killed");
      return true;
    };
    await expect(giveUp({ ...context, tenure: { confirm } }, run)).rejects.toThrow("killed");
    expect([queue.stagesOf("far"), queue.history("far")]).toMatchObject([["running"], [{ state: "lost" }]]);
    const after = queue.context();
    const [again] = after.runScan.observe().runs;
    if (again === undefined) throw new Error("no run");
    expect(again.lossRequested).toBe(true);
    expect(await giveUp(after, again)).toEqual({ kind: "done" });
    expect(queue.history("far")).toHaveLength(1);
  });

  it("is not run again in its folder, in which it may still live, until its machine is vouched to be off", async () => {
    const { context, run } = await silentJob(queue);
    await giveUp(context, run);
    const job = jobAt(queue.layout, "lost", "far");
    expect(() => redoJob(queue.layout, job, { clean: false })).toThrow("may still live");
    fs.renameSync(job.folder, queue.folder("queue", "far"));
    await queue.run();
    await queue.shows("why it waits", ({ waiting }) =>
      waiting.find(({ name, reason }) => name === "far" && reason.includes("may still live")),
    );
    expect(queue.stagesOf("far")).toEqual(["queue"]);
  });

  it("goes back to the queue in its own folder where its machine is off", async () => {
    const { context, run } = await silentJob(queue, `ann\n${MACHINE_IS_OFF}`);
    expect(await giveUp(context, run)).toEqual({ kind: "done" });
    expect(queue.stagesOf("far")).toEqual(["queue"]);
    const folder = queue.folder("queue", "far");
    expect(readClaims(folder)).toEqual([]);
    expect(fs.existsSync(path.join(folder, JOB_REQUESTS.lost))).toBe(false);
    await queue.run();
    expect(await queue.ended("far")).toMatchObject({ state: "done", attempt: 2 });
  });

  it("runs again as a fresh copy of its inputs, which counts its attempts on and tells of it", async () => {
    const { context, run, folder } = await silentJob(queue);
    fs.writeFileSync(path.join(folder, "written by the job"), "half");
    await giveUp(context, run);
    const lost = jobAt(queue.layout, "lost", "far");
    const { name } = await runAgain(queue.layout, lost, personHere(), new AbortController().signal);
    expect(name).toBe("far-2");
    const copy = queue.folder("queue", "far-2");
    expect(fs.existsSync(path.join(copy, "written by the job"))).toBe(false);
    expect(fs.readFileSync(path.join(copy, "out.txt"), "utf8")).toBe("result\n");
    await queue.run();
    expect(await queue.ended("far-2")).toMatchObject({ state: "done", attempt: 2, againOf: "far" });
    expect(readInputs(queue.folder("finished", "far-2"))).toBeDefined();
    expect(queue.stagesOf("far")).toEqual(["lost"]);
  });

  it("stays the child that it is of a job on all workers when it runs again, and gets none of its own", async () => {
    const { context, run, folder } = await silentJob(queue);
    const childOf = { name: "all", runId: "gone", worker: "here" };
    writeOrigin(folder, { version: 1, name: "all", uid: 0, childOf });
    await giveUp(context, run);
    const lost = jobAt(queue.layout, "lost", "far");
    await runAgain(queue.layout, lost, personHere(), new AbortController().signal);
    await queue.run();
    expect(await queue.ended("far-2")).toMatchObject({
      state: "done",
      againOf: "far",
      childOf,
      workers: ["here"],
    });
  });

  it("is kept where its worker is heard of", async () => {
    const { context, run, folder } = await silentJob(queue);
    expect(keep(context, run)).toEqual({ kind: "done" });
    expect(fs.existsSync(path.join(folder, JOB_REQUESTS.lost))).toBe(false);
    expect(queue.stagesOf("far")).toEqual(["running"]);
  });
});
