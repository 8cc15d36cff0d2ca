import fs from "node:fs";
import path from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { FoundJob } from "../../src/app/find-job.ts";
import type { QueueView } from "../../src/app/queue-view.ts";
import { jobJson, lookAtJob, type PresentJob } from "../../src/app/shown-job.ts";
import { recordAtEnd, recordAtStart } from "../../src/job/build-record.ts";
import type { Layout, Stage } from "../../src/queue/layout.ts";
import { writeOrigin } from "../../src/queue/origin.ts";
import { ENDED_AT_MS, launch, STARTED_AT_MS } from "../plan/snapshots.ts";
import { quietView, running, waiting } from "../storybook/domain.ts";
import { makeQueueFolder } from "../support/queue-folder.ts";
import { fill } from "../support/scratch.ts";

const place = { worker: "lab-1", host: "lab-1.local" };
const times = { startedAtMs: STARTED_AT_MS, endedAtMs: ENDED_AT_MS };
const atStart = recordAtStart(launch("job"), place);
const atEnd = recordAtEnd(launch("job"), { kind: "done" }, times, place);

let layout: Layout;
beforeEach(() => {
  ({ layout } = makeQueueFolder());
});

function put(stage: Stage, record?: object): FoundJob {
  const folder = path.join(layout[stage], "job");
  fs.mkdirSync(folder);
  if (record !== undefined) fill(folder, { ".qm/job.json": JSON.stringify(record) });
  return { name: "job", stage, folder };
}

function look(job: FoundJob, view: Partial<QueueView> = {}): PresentJob {
  return lookAtJob({ layout, config: { jobFiles: ["proc_config.cfg"], qmFolder: layout.root } }, job, () =>
    quietView(view),
  );
}

it("a job that has not ended comes with the manager's view of it", () => {
  const live = waiting(Date.now(), { name: "job", rank: 3 });
  expect(look(put("queue"), { waiting: [live] })).toMatchObject({ job: live, record: undefined });
});

it("a job that was copied in tells of its original as long as that is there", () => {
  const job = put("queue");
  writeOrigin(job.folder, { version: 1, name: "job", aside: ".qm-original-job", uid: 1 });
  expect(look(job)).toMatchObject({ original: undefined });
  fs.mkdirSync(path.join(layout.queue, ".qm-original-job"));
  expect(look(job)).toMatchObject({ original: expect.stringMatching(/^QM_qJobs\/\.qm-original-job \(/) });
  writeOrigin(job.folder, { version: 1, name: "job", aside: "../QM_dJobs", uid: 1 });
  expect(look(job)).toMatchObject({ original: undefined });
});

it("a job that has just started is not shown with what it waited for a moment ago", () => {
  const before = { waiting: [waiting(Date.now(), { name: "job", reason: "waits for processors" })] };
  const job = put("running", atStart);
  expect(look(job, before)).toMatchObject({ job: { state: "running" }, record: { state: "running" } });
  expect(jobJson(look(job, before))).not.toHaveProperty("live.reason");
  const live = running(Date.now(), { name: "job" });
  expect(look(job, { running: [live] })).toMatchObject({ job: live });
});

it("a job among the ended ones has ended by its record, otherwise by the history", () => {
  expect(look(put("finished", atEnd))).toMatchObject({ job: { state: "done" }, record: { state: "done" } });
  fill(path.join(layout.finished, "job"), { ".qm/job.json": JSON.stringify(atStart) });
  const job: FoundJob = { name: "job", stage: "finished", folder: path.join(layout.finished, "job") };
  expect(look(job)).toMatchObject({ job: { state: "put_away" }, record: { state: "running" } });
  expect(jobJson(look(job))).toMatchObject({ stage: "finished", putAway: true });
  fs.writeFileSync(layout.history, `${JSON.stringify(atEnd)}\n`);
  expect(look(job)).toMatchObject({ job: { state: "done" }, record: { state: "done" } });
  expect(jobJson(look(job))).not.toHaveProperty("putAway");
});

it("a folder without a record was put away by hand, of which programs see no record", () => {
  const shown = look(put("lost"));
  expect(shown).toMatchObject({ job: { state: "put_away" }, record: undefined });
  expect(Object.keys(jobJson(shown))).toEqual(["version", "name", "state", "stage", "folder"]);
});

it("a job whose folder is gone has the history's record, if any", () => {
  expect(jobJson({ job: { state: "gone", name: "job" }, record: atEnd })).toEqual({
    version: 2,
    name: "job",
    state: "gone",
    stage: "gone",
    record: atEnd,
  });
  expect(jobJson({ job: { state: "gone", name: "job" }, record: undefined })).toEqual({
    version: 2,
    name: "job",
    state: "gone",
    stage: "gone",
  });
});
