import type { Request } from "express";
import { type Layout, SHELF_FOLDERS, SHELVES } from "../../queue/layout.ts";
import { type JobPlace, openJobPlace } from "./job-place.ts";
import { pathOf, segmentsOf } from "./segments.ts";

/** What an address of the form `/raw/SHELF/JOB/PATH` asks for. */
export interface AskedFile {
  readonly place: JobPlace;
  /** The path inside the job's folder; empty for the folder itself. */
  readonly segments: readonly Buffer[];
  /** What the address ends with: the file's name, or the job's. */
  readonly name: Buffer;
}

/** Why an address leads to no job; the status that tells so. */
export type Unaddressed = { readonly kind: "none"; readonly status: 400 | 404; readonly why: string };

/** Finds what a request for a file is about. The place's folder is open, for the caller to close. */
export async function askedFile(
  layout: Layout,
  { url }: Pick<Request, "url">,
): Promise<({ readonly kind: "asked" } & AskedFile) | Unaddressed> {
  const [, shelfName, jobName, ...segments] = segmentsOf(url.replace(/\?.*/s, "")) ?? [];
  if (shelfName === undefined) return { kind: "none", status: 400, why: "This address cannot be read." };
  const shelf = SHELVES.find((candidate) => shelfName.equals(Buffer.from(SHELF_FOLDERS[candidate])));
  const place =
    shelf === undefined || jobName === undefined ? undefined : await openJobPlace(layout, [shelf], jobName);
  if (place === undefined) return { kind: "none", status: 404, why: "There is no such job here." };
  return { kind: "asked", place, segments, name: segments.at(-1) ?? place.name };
}

/** The address of something inside a job's folder. */
export function fileAddress(
  how: "view" | "raw",
  { shelf, name }: Pick<JobPlace, "shelf" | "name">,
  segments: readonly Buffer[],
): string {
  return `/${how}${pathOf([Buffer.from(SHELF_FOLDERS[shelf]), name, ...segments])}`;
}
