import { type FoundJob, jobNamed } from "../../app/job-named.ts";
import type { Layout } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";
import type { ApiRequest } from "./operation.ts";

/** The job that a request is about. Throws `no_such_job`. */
export function asked(layout: Layout, { params: { name } }: ApiRequest): FoundJob {
  const job = jobNamed(layout, name);
  if (job === undefined) throw noSuchJob(name);
  return job;
}

/** That there is no such job. */
export function noSuchJob(name: string): QmError {
  return new QmError("no_such_job", `there is no job «${name}»`, { mend: "/api/v1/jobs lists the jobs" });
}
