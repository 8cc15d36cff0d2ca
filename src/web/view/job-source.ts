import type { ShownPresentJob } from "../../client/shown-job.ts";
import type { EndedJob } from "../ended/ended-job.ts";
import type { Permissions } from "./permissions.ts";

/** What a job's page is made from. */
export interface JobSource {
  readonly shown: ShownPresentJob;
  readonly attempts: readonly EndedJob[];
  readonly permissions: Permissions;
  readonly nowMs: number;
}
