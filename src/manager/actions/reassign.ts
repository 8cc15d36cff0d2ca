import { describeDestination, reassignedInfo } from "../../job/reassignment.ts";
import { readReassignRequest } from "../../queue/reassign-request.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { removeRequest } from "../../queue/requests.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";

/** Gives a waiting job another place, as the request in its folder says. The last word counts, whatever the info file says. */
export function reassign({ admissions, queue, log }: Context, name: string): Performed {
  const admission = admissions.get(name);
  const folder = queue.pathOf(name);
  if (admission === undefined || typeof folder !== "string") return DONE;
  const asked = readReassignRequest(folder);
  if (asked.kind === "wrong")
    return refused(`its ${JOB_REQUESTS.reassign} ${asked.right}: mend it, or take it away to start the job`);
  const { value } = asked;
  admissions.set({ ...admission, info: reassignedInfo(admission.info, value), reassigned: value });
  removeRequest(folder, JOB_REQUESTS.reassign);
  log.info("job reassigned", { job: name, to: describeDestination(value), by: value.by });
  return DONE;
}
