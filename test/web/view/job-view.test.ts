import { expect, it } from "vitest";
import type { LiveJob } from "../../../src/client/shown-job.ts";
import { jobView } from "../../../src/web/view/job-view.ts";

function running(live: LiveJob) {
  const job = { name: "job", shelf: "running" as const, folder: "/QM/QM_Jobs/job" };
  return jobView({
    shown: { kind: "live", job, live, record: undefined, info: undefined },
    attempts: [],
    permissions: { act: true, delete: true },
    nowMs: Date.now(),
  });
}

it("a job that has been asked to end says so, and offers no second kill", () => {
  expect(running({ phase: "running" })).toMatchObject({ word: "running", why: [], can: { kill: true } });
  const ending = running({ phase: "ending" });
  expect(ending).toMatchObject({ word: "ending", state: "running", can: { kill: false } });
  expect(ending.why[0]).toContain("It is being ended");
});
