import { expect, it } from "vitest";
import { findJob } from "../../src/app/find-job.ts";
import type { Stage } from "../../src/queue/layout.ts";
import { makeQueueFolder } from "../support/queue-folder.ts";

function queueWith(...jobs: readonly (readonly [Stage, string])[]) {
  const queue = makeQueueFolder();
  for (const [stage, name] of jobs) queue.put(stage, name);
  return queue.layout;
}

it("finds a job in another case", () => {
  const layout = queueWith(["running", "Job"]);
  expect(findJob(layout, "JOB", ["queue", "running"])).toMatchObject({ name: "Job", stage: "running" });
});

it("takes no other job for one that has just moved on, however much alike their names are", () => {
  const layout = queueWith(["finished", "job"], ["queue", "JOB"]);
  expect(() => findJob(layout, "job", ["queue", "running"])).toThrow(
    "the job «job» is finished, not waiting",
  );
  expect(findJob(layout, "JOB", ["queue", "running"])).toMatchObject({ name: "JOB" });
});

it("guesses at none of several jobs whose names differ in case alone", () => {
  const layout = queueWith(["finished", "Job"], ["lost", "job"], ["queue", "jOb"]);
  expect(() => findJob(layout, "JOB", ["finished", "lost"])).toThrow(
    expect.objectContaining({ code: "refused", message: "«JOB» may mean several jobs: «Job», «job»" }),
  );
  expect(findJob(layout, "JOB", ["queue"])).toMatchObject({ name: "jOb" });
  expect(findJob(layout, "job")).toMatchObject({ name: "job", stage: "lost" });
});
