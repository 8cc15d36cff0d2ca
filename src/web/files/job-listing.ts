import type { FoundJob } from "../../app/job-named.ts";
import type { Layout } from "../../queue/layout.ts";
import { type FolderView, folderView } from "./file-view.ts";
import { openJobPlace } from "./job-place.ts";

/** What lies in a job's folder itself, as its page shows it. */
export type JobListing = Pick<FolderView, "entries" | "more">;

const SHOWN = 30;

/** The first of what lies in a job's folder; nothing where the folder has gone meanwhile. */
export async function listJob(layout: Layout, { name, shelf }: FoundJob, nowMs: number): Promise<JobListing> {
  const place = await openJobPlace(layout, [shelf], Buffer.from(name));
  if (place === undefined) return { entries: [], more: 0 };
  const opened = await place.folder.open([]).finally(() => place.folder.close());
  if (opened.kind !== "folder") return { entries: [], more: 0 };
  const { entries, more } = folderView({ place, segments: [], name: place.name }, opened, nowMs);
  return { entries: entries.slice(0, SHOWN), more: more + Math.max(0, entries.length - SHOWN) };
}
