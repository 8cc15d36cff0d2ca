import type { FoundJob } from "../../app/find-job.ts";
import type { JobAction } from "../../job/actions.ts";
import { STAGE_FOLDERS, type Stage } from "../../queue/layout.ts";

/** The page of a job. */
export function jobLink(name: string): string {
  return `/jobs/${nameSegment(name)}`;
}

/** A job's log as it grows, for programs. */
export function logStreamLink(name: string): string {
  return `${jobLink(name)}/log/stream`;
}

/** A file or folder inside a job's folder as a page, or as its bytes. */
export function fileLink(how: "view" | "raw", stage: Stage, name: string, file = ""): string {
  const path = file.split("/").map(nameSegment).join("/");
  return `/${how}/${encodeURIComponent(STAGE_FOLDERS[stage])}/${nameSegment(name)}/${path}`;
}

/** A job's folder as a zip. */
export function zipLink(name: string, only?: "results"): string {
  return `/download/${nameSegment(name)}${only === undefined ? "" : `?only=${only}`}`;
}

/** Addresses of a job's actions: of the page that asks first where it cannot be undone, otherwise for a form to post to. */
export function actionLinks({ stage, name }: Pick<FoundJob, "stage" | "name">): Record<JobAction, string> {
  const job = jobLink(name);
  return {
    kill: `/kill/${nameSegment(name)}`,
    lost: `${job}/lost`,
    hold: `${job}/hold`,
    release: `${job}/release`,
    top: `${job}/top`,
    reassign: `${job}/reassign`,
    redo: `${job}/redo`,
    delete: `/delete/${encodeURIComponent(STAGE_FOLDERS[stage])}/${nameSegment(name)}`,
  };
}

/** Addresses of a worker's actions, for a form to post to. */
export function workerLinks(name: string): Record<"pause" | "resume" | "forget", string> {
  const worker = `/workers/${nameSegment(name)}`;
  return { pause: `${worker}/pause`, resume: `${worker}/resume`, forget: `${worker}/forget` };
}

/** An element's id made from a job's name: one that any name may be part of. */
export function domId(prefix: string, name: string): string {
  return `${prefix}-${nameSegment(name)}`;
}

/** A name as a part of an address. A lone half of a surrogate pair has no encoding; such a name comes from no file system. */
export function nameSegment(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}
