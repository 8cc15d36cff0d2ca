import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { type IsResult, relativePath } from "../../queue/files/job-results.ts";
import { walkJob } from "../../queue/files/job-walk.ts";
import type { JobPlace } from "./job-place.ts";
import { ZipFilling } from "./zip-filling.ts";

/** The contents of a zip. */
export interface ZipOrder {
  readonly place: Pick<JobPlace, "name" | "folder">;
  /** Asked for once the zip has begun, as the answer may take a while. */
  readonly findWanted: () => Promise<IsResult>;
}

/**
 * Writes a zip of a job's folder, file by file, as fast as it is taken. What vanishes, changes or cannot be read
 * meanwhile is told in an entry of its own: the zip is whole in any case. Returns when all is written; when the output
 * is gone, when all is freed. Does not close the place.
 */
export async function writeZip(order: ZipOrder, output: Writable): Promise<void> {
  const zip = new ZipFile();
  const stop = new AbortController();
  const { signal } = stop;
  // The library reports what it cannot do as an event, which nobody may leave unheard.
  zip.once("error", () => stop.abort());
  // Whichever fails ends the other.
  await Promise.all([
    fill(order, new ZipFilling(zip, order.place.name, signal)).catch(() => stop.abort()),
    pipeline(zip.outputStream, output, { signal }).catch(() => stop.abort()),
  ]);
}

async function fill({ place, findWanted }: ZipOrder, filling: ZipFilling): Promise<void> {
  let isWanted: IsResult | undefined;
  for await (const met of walkJob(place.folder)) {
    if (met.kind === "unread") filling.note(met.segments, met.why);
    else if (met.kind === "folder" && met.segments.length === 0) await filling.addFolder(met);
    else {
      isWanted ??= await findWanted();
      if (met.kind === "entries") await filling.addEntries(met.entries, isWanted);
      else if (isWanted(relativePath(met.segments))) await filling.addFolder(met);
    }
  }
  filling.end();
}
