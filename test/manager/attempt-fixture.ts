import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { currentBootId } from "../../src/disk/machine.ts";
import type { Launch } from "../../src/job/launch.ts";
import { markVerified } from "../../src/queue/attempts/attempt-marks.ts";
import { Attempts } from "../../src/queue/attempts/attempts.ts";
import { readJobInfo } from "../../src/queue/intake/info-file.ts";
import { surveyFolder } from "../queue/survey-folder.ts";
import type { JobFiles, JobOptions } from "../support/queue-folder.ts";
import type { InProcessQueue } from "./queue-fixture.ts";

let runs = 0;

/** A job folder beside the queue, with the launch that a manager would write before it claims the job. */
export function launchOf(
  queue: InProcessQueue,
  name: string,
  options: JobOptions,
  files: JobFiles = {},
): { readonly launch: Launch; readonly jobFolder: string } {
  const jobFolder = queue.stage(options, files);
  const info = readJobInfo(jobFolder, queue.loaded().config);
  if (info.kind === "problems") throw new Error(JSON.stringify(info.problems));
  runs += 1;
  const launch: Launch = {
    version: 1,
    name,
    attempt: 1,
    runId: `run-${process.pid}-${runs}`,
    bootId: currentBootId(),
    processors: info.value.processors,
    info: info.value,
    fingerprint: surveyFolder(jobFolder).fingerprint,
    admittedAtMs: Date.now() - 3000,
    place: 1,
    sentToTop: false,
    claimedAtMs: Date.now() - 2000,
  };
  return { launch, jobFolder };
}

/** A job in QM_Jobs that has run and whose shim is gone; `exit` is what the shim left as its last record, if it did. */
export async function ranJob(
  queue: InProcessQueue,
  name: string,
  exit?: number,
): Promise<{ readonly launch: Launch; readonly attemptFolder: string; readonly folder: string }> {
  const { launch, jobFolder } = launchOf(queue, name, { script: "echo hello" }, { "out.txt": "result\n" });
  const attempts = new Attempts(queue.layout, "here");
  const attempt = await attempts.create(launch);
  markVerified(attempt.folder);
  const folder = queue.folder("running", name);
  fs.renameSync(jobFolder, folder);
  fs.writeFileSync(path.join(folder, "process.log"), "[QM] started\nhello\n");
  fs.writeFileSync(path.join(attempt.folder, "start"), `${currentBootId()} ${deadPid()} 1 end\n`);
  if (exit !== undefined) {
    fs.writeFileSync(path.join(attempt.folder, "exit"), `${exit} 0\n0m0s 0m0s\n0m0.5s 0m0.5s\nend\n`);
  }
  return { launch, attemptFolder: attempt.folder, folder };
}

function deadPid(): number {
  return spawnSync("true").pid;
}
