import { describe, expect, it } from "vitest";
import { endedJob, type RunningJob } from "../../../src/job/job.ts";
import type { JobRecord } from "../../../src/job/record.ts";
import { jobView } from "../../../src/web/view/job-view.ts";
import { ended, found, recordOf, running, waiting } from "../../storybook/domain.ts";

function pageOf(state: RunningJob["state"]) {
  return jobView({
    shown: { found: found("running", "job"), job: running(0, { state }), record: undefined },
    attempts: [],
    permissions: { act: true, delete: true },
    pathAs: undefined,
    nowMs: Date.now(),
  });
}

function over(record: JobRecord) {
  return { found: found("finished", "job"), job: endedJob("job", record), record };
}

it("a job that has been asked to end says so, and offers no second kill", () => {
  expect(pageOf("running")).toMatchObject({ word: "running", why: [], can: { kill: true } });
  const ending = pageOf("ending");
  expect(ending).toMatchObject({ word: "ending", state: "running", can: { kill: false } });
  expect(ending.why[0]).toContain("It is being ended");
});

describe("the record for programs", () => {
  const NOW_MS = Date.now();
  const info = {
    infoFile: "proc_config.cfg",
    script: "./run.sh",
    processors: 1,
    mailTo: [],
    description: "",
    priority: 0,
  };

  function recordLink(record: JobRecord | undefined): string | undefined {
    return jobView({
      shown: { found: found("queue", "job"), job: waiting(0, {}), record, info },
      attempts: [],
      permissions: { act: true, delete: true },
      pathAs: undefined,
      nowMs: NOW_MS,
    }).links.record;
  }

  it("is offered for a job that has one alone: not for one that waits for its first run", () => {
    expect(recordLink(undefined)).toBeUndefined();
    expect(recordLink(recordOf(ended(NOW_MS, {})))).toBe("/raw/QM_qJobs/job/.qm/job.json");
  });
});

it("a worker that bears the name of its machine is told once", () => {
  const worker = (name: string) =>
    jobView({
      shown: over(recordOf(ended(0, { seconds: 0 }), { worker: name, host: "lab-1" })),
      attempts: [],
      permissions: { act: true, delete: true },
      pathAs: undefined,
      nowMs: 0,
    }).facts.find(({ label }) => label === "Worker")?.text;
  expect(worker("lab-1")).toBe("lab-1");
  expect(worker("night")).toBe("night on lab-1");
});

it("the original of a job that was copied in is told while it waits and once it has ended", () => {
  const original = "QM_qJobs/.qm-original-job";
  const record = recordOf(ended(0, { seconds: 0 }), { original });
  const around = { attempts: [], permissions: { act: true, delete: true }, pathAs: undefined, nowMs: 0 };
  const waits = { found: found("queue", "job"), job: waiting(0, {}), record: undefined, original };
  for (const shown of [waits, over(record)])
    expect(jobView({ ...around, shown }).facts).toContainEqual(
      expect.objectContaining({ label: "Original", text: expect.stringContaining(original) }),
    );
});

it("the folder is told as people see it, and as the server does where that is another", () => {
  const foldersWith = (pathAs: string | undefined) => {
    const { folder, serverFolder } = jobView({
      shown: { found: found("lost", "a b"), job: { state: "put_away", name: "a b" }, record: undefined },
      attempts: [],
      permissions: { act: true, delete: true },
      pathAs,
      nowMs: 0,
    });
    return [folder, serverFolder];
  };
  expect(foldersWith(undefined)).toEqual(["/srv/lab/QM/QM_lost+found/a b", undefined]);
  expect(foldersWith("\\\\lab\\QM")).toEqual([
    "\\\\lab\\QM\\QM_lost+found\\a b",
    "/srv/lab/QM/QM_lost+found/a b",
  ]);
});

it("a job that is held says so once, and names the file to those alone who have no button", () => {
  const reason = "held: take away the file QM_HOLD to release it, or use `qm release`";
  const whyFor = (act: boolean) =>
    jobView({
      shown: {
        found: found("queue", "job"),
        job: waiting(0, { held: true, reason }),
        record: undefined,
      },
      attempts: [],
      permissions: { act, delete: false },
      pathAs: undefined,
      nowMs: 0,
    }).why;
  expect(whyFor(true)).toEqual([]);
  expect(whyFor(false)).toEqual([reason]);
});

it("an ended job tells its reason, its advice and its warning", () => {
  const job = ended(0, { seconds: 0, state: "failed", reason: "no mesh (exit code 127)" });
  const leftProcesses = { count: 1, names: ["sh"] };
  const view = (state: "failed" | "done") =>
    jobView({
      shown: over(recordOf({ ...job, state }, { advice: "Look for it.", leftProcesses })),
      attempts: [ended(0, { seconds: 0, warning: "left 1" })],
      permissions: { act: true, delete: true },
      pathAs: undefined,
      nowMs: 0,
    });
  expect(view("failed")).toMatchObject({
    word: "FAILED",
    why: [
      "no mesh (exit code 127)",
      "Look for it.",
      "left 1 process running, which was ended: sh; put `wait` at the end of the script",
    ],
    attempts: [{ word: "done (warning)" }],
  });
  expect(view("done")).toMatchObject({ state: "done", word: "done (warning)" });
});
