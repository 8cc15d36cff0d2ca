import { recordAtStart } from "../../job/build-record.ts";
import { readJobRecord, writeInputs, writeStartRecord } from "../../queue/books/job-records.ts";
import { putOldLogAside } from "../../queue/files/job-log.ts";
import { makeTemporaryFolder } from "../../queue/files/trash.ts";
import { originalPart } from "../../queue/origin.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { giveBack } from "./claim.ts";

/** Gets the folder ready and has the attempt started. Repeated after a crash it changes nothing that is there already. */
export function spawn(context: Context, run: ObservedRun): Performed {
  context.tenure.confirm();
  const started = run.port.start(run, () => prepareFolder(context, run));
  switch (started.kind) {
    case "impossible":
      return giveBack(context, run, started.why);
    case "refused":
      return refused(started.why);
    case "ordered": {
      const { name, attempt, processors, remote } = run.launch;
      const given = { job: name, attempt, processors };
      if (remote === true) context.log.info("job given to a worker", { ...given, worker: run.worker });
      else context.log.info("job started", given);
      return DONE;
    }
  }
}

/** Gets a claimed folder ready. The record of this attempt is written last, so where it is there the rest is. */
export function prepareFolder(
  { layout }: Context,
  { launch, jobFolder, port }: Pick<ObservedRun, "launch" | "jobFolder" | "port">,
): void {
  if (readJobRecord(jobFolder)?.runId === launch.runId) return;
  putOldLogAside(jobFolder);
  writeInputs(jobFolder, launch.info.infoFile);
  makeTemporaryFolder(layout, jobFolder);
  writeStartRecord(jobFolder, {
    ...recordAtStart(launch, port.place),
    ...originalPart(layout, jobFolder),
  });
}
