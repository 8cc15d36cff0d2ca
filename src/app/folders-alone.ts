import fs from "node:fs";
import path from "node:path";
import { ownerOf } from "../job/job-info.ts";
import { compareAdmission } from "../plan/schedule-order.ts";
import { describeReadiness } from "../plan/settle.ts";
import { isUnfinishedName } from "../plan/unfinished-names.ts";
import { type Admission, Admissions } from "../queue/intake/admissions.ts";
import { findRequests, JOB_REQUESTS } from "../queue/request-files.ts";
import { type FoldersView, viewFolders } from "./folders-view.ts";
import type { Queue } from "./queue.ts";

/**
 * The queue without a manager: what it had admitted waits, in the order of priorities and places, and so does what says by `QM_READY`
 * that it is whole; all else arrives. Throws what the file system throws.
 */
export function viewFoldersAlone({ layout, config }: Pick<Queue, "layout" | "config">): FoldersView {
  const view = viewFolders({ layout, config });
  const admissions = new Admissions(layout.admissions);
  const known = view.waiting.map((job) => {
    const admission = admissions.get(job.name);
    const folder = path.join(layout.queue, job.name);
    return { job, admission, arrives: whyItArrives(folder, admission, config.unfinishedNames) };
  });
  return {
    ...view,
    waiting: known
      .filter(({ arrives }) => arrives === undefined)
      .map(({ job, admission }) => ({ ...job, ...(admission === undefined ? {} : admittedAs(admission)) }))
      .sort(compareWaiting)
      .map(({ place: _place, sentToTop: _top, ...job }, ahead) => ({ ...job, rank: ahead + 1 })),
    arriving: known.flatMap(({ job: { name }, arrives }) =>
      arrives === undefined ? [] : [{ name, bytes: 0, files: 0, reason: arrives }],
    ),
  };
}

type WaitingJob = FoldersView["waiting"][number];

interface Placed extends WaitingJob {
  readonly place?: number;
  readonly sentToTop?: boolean;
}

function admittedAs({ info, bytes, place, sentToTop, admittedAtMs }: Admission) {
  const { description, processors, priority } = info;
  const queuedAt = new Date(admittedAtMs).toISOString();
  return { owner: ownerOf(info), description, processors, priority, bytes, queuedAt, place, sentToTop };
}

// Held ones come last, as for a manager.
function compareWaiting(left: Placed, right: Placed): number {
  const placed = ({ place = Number.POSITIVE_INFINITY, ...job }: Placed) => ({ ...job, place });
  return Number(left.held) - Number(right.held) || compareAdmission(placed(left), placed(right));
}

/** Undefined for what waits. An admitted folder is not judged anew as long as it is as it was. */
function whyItArrives(
  folder: string,
  admission: Admission | undefined,
  unfinishedNames: readonly string[],
): string | undefined {
  if (admission !== undefined && modifiedMs(folder) === admission.folderMtimeMs) return undefined;
  const { files } = findRequests(folder);
  if (files.some(({ request }) => request === JOB_REQUESTS.ready)) return undefined;
  const names = namesIn(folder);
  const temporaryName = names.find((name) => isUnfinishedName(name, unfinishedNames));
  if (temporaryName !== undefined) return describeReadiness({ kind: "copying", temporaryName });
  if (names.length === files.length) return describeReadiness({ kind: "empty" });
  return admission === undefined ? "no manager runs: the next one looks whether it is whole" : undefined;
}

function modifiedMs(folder: string): number | undefined {
  return fs.lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs;
}

// A folder that cannot be listed does not count as empty.
function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [path.basename(folder)];
  }
}
