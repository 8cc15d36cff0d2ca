import type { Request } from "express";
import { isPlainName } from "../../disk/held-folder.ts";
import type { Opened } from "../../disk/job-files.ts";
import { type Layout, STAGE_FOLDERS, STAGES } from "../../queue/layout.ts";
import { type JobPlace, openInside, openJobPlace } from "./job-place.ts";

/** The subject of an address of the form `/raw/STAGE/JOB/PATH`. */
export interface AskedFile {
  readonly place: Pick<JobPlace, "stage" | "name">;
  /** The path inside the job's folder; empty for the folder itself. */
  readonly segments: readonly Buffer[];
  /** The last name in the address: the file's, or the job's. */
  readonly name: Buffer;
}

/** The result of a request; where it leads to no job, the reason and the status that tells so. */
export type FoundFile =
  | (AskedFile & { readonly kind: "asked"; readonly opened: Opened })
  | { readonly kind: "none"; readonly status: 400 | 404; readonly why: string };

/** Opens the subject of a request for a file; a file that is open then is for the caller to close. */
export async function askedFile(layout: Layout, { url }: Pick<Request, "url">): Promise<FoundFile> {
  const [, stageName, jobName, ...segments] = segmentsOf(url.replace(/\?.*/s, "")) ?? [];
  if (stageName === undefined) return { kind: "none", status: 400, why: "This address cannot be read." };
  const stage = STAGES.find((candidate) => stageName.equals(Buffer.from(STAGE_FOLDERS[candidate])));
  const place =
    stage === undefined || jobName === undefined ? undefined : await openJobPlace(layout, [stage], jobName);
  if (place === undefined) return { kind: "none", status: 404, why: "There is no such job here." };
  const opened = await openInside(place, segments);
  return { kind: "asked", opened, place, segments, name: segments.at(-1) ?? place.name };
}

/** The address of something inside a job's folder. */
export function fileAddress(
  how: "view" | "raw",
  { stage, name }: Pick<JobPlace, "stage" | "name">,
  segments: readonly Buffer[],
): string {
  return `/${how}${pathOf([Buffer.from(STAGE_FOLDERS[stage]), name, ...segments])}`;
}

/**
 * The names in the path of an address, in bytes, each decoded exactly once; undefined when the address is malformed
 * or one of its names could lead elsewhere. One slash at the end is left out.
 * @param rawPath as it came over the wire, without a query; one character for each byte
 */
export function segmentsOf(rawPath: string): Buffer[] | undefined {
  if (!rawPath.startsWith("/") || /[^\x21-\x7e\x80-\xff]|#/.test(rawPath)) return undefined;
  const parts = rawPath.replace(/\/$/, "").split("/").slice(1);
  const segments = parts.flatMap((part) => decodeOnce(part) ?? []).filter(isPlainName);
  return segments.length === parts.length ? segments : undefined;
}

/** A path of names in bytes as it stands in an address, to be read by {@link segmentsOf}. */
export function pathOf(segments: readonly Buffer[]): string {
  return segments.map((segment) => `/${encode(segment)}`).join("");
}

function decodeOnce(part: string): Buffer | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(part)) return undefined;
  return Buffer.from(
    part.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    "latin1",
  );
}

// UTF-8 comes out as with encodeURIComponent; every other byte likewise, which that function cannot do.
function encode(segment: Buffer): string {
  return segment
    .toString("latin1")
    .replace(
      /[^A-Za-z0-9_.!~*'()-]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
}
