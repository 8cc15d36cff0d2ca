import { expect, it } from "vitest";
import { attemptsFolder, JOB_FILES, layoutOf, STAGES } from "../../src/queue/layout.ts";

const layout = layoutOf("/srv/qm");

it("lays the four folders of jobs side by side in QM_FOLDER", () => {
  expect(STAGES.map((stage) => layout[stage])).toEqual([
    "/srv/qm/QM_qJobs",
    "/srv/qm/QM_Jobs",
    "/srv/qm/QM_dJobs",
    "/srv/qm/QM_lost+found",
  ]);
});

it("keeps the manager's own state in .qm", () => {
  expect(layout).toMatchObject({
    root: "/srv/qm",
    state: "/srv/qm/.qm",
    status: "/srv/qm/.qm/status.json",
    log: "/srv/qm/.qm/QueueManager.log",
    history: "/srv/qm/.qm/history.jsonl",
    apiToken: "/srv/qm/.qm/api-token",
  });
});

it("keeps the records of each worker's attempts apart", () => {
  expect(attemptsFolder(layout, "lab-1")).toBe("/srv/qm/.qm/workers/lab-1");
});

it("calls the files in a job's own folder what people are told", () => {
  expect(JOB_FILES).toEqual({
    log: "process.log",
    statusText: "QM_status.txt",
    recordFolder: ".qm",
    record: ".qm/job.json",
    inputs: ".qm/inputs.json",
    origin: ".qm/origin.json",
    temporary: ".qm/tmp",
  });
});
