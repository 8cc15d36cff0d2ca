import { expect, it } from "vitest";
import type { LiveJob } from "../../../src/client/shown-job.ts";
import { jobView } from "../../../src/web/view/job-view.ts";

const NOTHING = { record: undefined, info: undefined, putAway: false, attempts: [], nowMs: Date.now() };

function running(live: LiveJob) {
  const job = { name: "job", shelf: "running" as const, folder: "/QM/QM_Jobs/job" };
  return jobView({ ...NOTHING, job, live, permissions: { act: true, delete: true } });
}

it("a job that has been asked to end says so, and offers no second kill", () => {
  expect(running({ phase: "running" })).toMatchObject({ word: "running", why: [], can: { kill: true } });
  const ending = running({ phase: "ending" });
  expect(ending).toMatchObject({ word: "ending", state: "running", can: { kill: false } });
  expect(ending.why[0]).toContain("It is being ended");
});
