import * as z from "zod";
import { isPlainName } from "../../disk/held-folder.ts";
import type { FolderEntry, Listing } from "../../disk/tree.ts";
import { STAGES } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";
import type { WebContext } from "../context.ts";
import { fileAddress } from "../files/asked-file.ts";
import { type JobPlace, openInside, openJobPlace } from "../files/job-place.ts";
import { nameText } from "../files/name-text.ts";
import { type ApiRequest, noSuchJob, type Operation, readSent } from "./operation.ts";

const querySchema = z.object({
  path: z.string().max(4096).default("").describe("A folder inside the job's own, its parts apart by /."),
});

/** The list of the files in a job's folder. */
export const FILES_OPERATION: Operation = {
  id: "listJobFiles",
  method: "get",
  path: "/jobs/{name}/files",
  summary:
    "What lies in a job's folder, or in one inside it: the first 1,000; `link` leads to the bytes of a file",
  query: querySchema,
  status: 200,
  answer: "Files",
  refusals: [403, 404],
  run: listFiles,
};

async function listFiles({ layout }: WebContext, request: ApiRequest): Promise<object> {
  const { name } = request.params;
  const segments = segmentsOf(readSent(querySchema, request.query).path);
  const place = await openJobPlace(layout, STAGES, Buffer.from(name));
  if (place === undefined) throw noSuchJob(name);
  const { entries, more } = await listingAt(place, segments);
  return {
    version: 1,
    name: nameText(place.name),
    stage: place.stage,
    path: segments.map(nameText).join("/"),
    entries: entries.map((entry) => entryJson(place, segments, entry)),
    more,
  };
}

function segmentsOf(path: string): Buffer[] {
  const segments = path
    .split("/")
    .filter((part) => part !== "")
    .map((part) => Buffer.from(part));
  if (segments.every(isPlainName)) return segments;
  throw new QmError("usage", "path: leads out of the job's folder");
}

async function listingAt(place: JobPlace, segments: readonly Buffer[]): Promise<Listing> {
  const opened = await openInside(place, segments);
  switch (opened.kind) {
    case "folder":
      return opened;
    case "file":
      await opened.handle.close();
      throw new QmError("usage", "path: is a file", {
        mend: "its entry in the folder has a link to its bytes",
      });
    case "absent":
      throw new QmError("no_such_job", "there is no such folder in this job's");
    case "refused":
      throw new QmError("refused", `it is not shown: it ${opened.why}`);
  }
}

function entryJson(
  place: JobPlace,
  segments: readonly Buffer[],
  { name, type, bytes, mtimeMs }: FolderEntry,
): object {
  const link = type === "file" ? { link: fileAddress("raw", place, [...segments, name]) } : {};
  return { name: nameText(name), type, bytes, modifiedAt: new Date(mtimeMs).toISOString(), ...link };
}
