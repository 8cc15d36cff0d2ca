import type { FoundJob } from "../../app/job-named.ts";
import { hasManager } from "../../app/manager-state.ts";
import { request, wakeManager, withdrawRequest } from "../../app/request-job.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { type JobRequest, readRequests } from "../../queue/requests.ts";
import { findJobs, forEachJob } from "../each-job.ts";
import { openExistingQueueToAct } from "../existing-queue.ts";
import type { Session } from "../session.ts";
import { note } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/** `qm hold`, `qm release`, `qm top`: what waiting jobs can be asked for, by files in their folders. */
export const addHold: AddVerb = (program, bind) => {
  const add = (verb: string, description: string, act: (job: FoundJob) => string) =>
    program
      .command(verb)
      .description(description)
      .argument("<job...>", "names of waiting jobs")
      .action(bind(async (session, names: readonly string[]) => await ask(session, names, act)));
  add("hold", "keep waiting jobs from starting", ({ folder }) => {
    request(folder, requestFile("hold"));
    return "held";
  });
  add("release", "let held jobs start again", ({ folder }) => {
    const { hold } = readRequests(folder);
    withdrawRequest(folder, requestFile("hold"));
    return hold ? "released" : "not held";
  });
  add("top", "put waiting jobs before all others of their priority", ({ folder }) => {
    request(folder, requestFile("top"));
    return "asked to go first";
  });
};

async function ask(
  session: Session,
  names: readonly string[],
  act: (job: FoundJob) => string,
): Promise<number> {
  const queue = openExistingQueueToAct(session);
  const found = findJobs(session, queue, names, ["queue"]);
  const exitCode = await forEachJob(session, found, (job) => {
    note(session.io, `${act(job)}: ${job.name}`);
  });
  wakeManager(queue.layout);
  if (found.jobs.length > 0 && !hasManager(queue.layout, session.services))
    note(session.io, "no manager runs: the next one will see it");
  return exitCode;
}

function requestFile(wanted: JobRequest): string {
  return JOB_REQUESTS[wanted];
}
