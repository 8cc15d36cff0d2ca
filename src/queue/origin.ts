import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../disk/durable.ts";
import { readRegularText } from "../disk/safe-read.ts";
import { systemUser } from "../disk/system-users.ts";
import { childOfSchema } from "../job/child-of.ts";
import type { JobRecord } from "../job/record.ts";
import { parseJson } from "../text/parse-json.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import { makeRecordRoom } from "./access.ts";
import { JOB_FILES, type Layout } from "./layout.ts";

const MAX_ORIGIN_BYTES = 4096;

const originSchema = z.object({
  version: z.literal(1),
  /** The job's name while the original lay in its place. */
  name: z.string(),
  /** The hidden name in the queue under which the original is put aside; absent for a plain file, which lies in the folder itself. */
  aside: z.string().exactOptional(),
  /** The number of the user whose the original is. */
  uid: z.number().int(),
  /** The job that was given up on a silent worker, of whose inputs this folder is a fresh copy. */
  againOf: z.string().exactOptional(),
  /** The job that runs on all workers, of which this folder is a copy for one. */
  childOf: childOfSchema.exactOptional(),
});

/** The folder that a job was copied from, or the plain file that the manager has made it of; lies in the job's folder. */
export type Origin = z.infer<typeof originSchema>;

/** The origin that a copied folder tells of; undefined for a folder that was moved in. */
export function readOrigin(jobFolder: string): Origin | undefined {
  return parseJson(originSchema, readRegularText(path.join(jobFolder, JOB_FILES.origin), MAX_ORIGIN_BYTES));
}

/** The origin of a job, for its record: the hidden folder that it was copied in from, where that is still there, the job that it runs again, or that it is a child of. */
export function originalPart(
  layout: Layout,
  jobFolder: string | Buffer,
): Pick<JobRecord, "original" | "againOf" | "childOf"> {
  const { aside, againOf, childOf } = (typeof jobFolder === "string" && readOrigin(jobFolder)) || {};
  return withoutUndefined({ againOf, childOf, original: originalOf(layout, aside) });
}

function originalOf({ queue }: Layout, aside: string | undefined): string | undefined {
  // Whatever a stranger's file says.
  if (aside === undefined || aside !== path.basename(aside)) return undefined;
  return fs.existsSync(path.join(queue, aside)) ? `${path.basename(queue)}/${aside}` : undefined;
}

/** Writes an origin into a copied folder, durably. Throws what the file system throws. */
export function writeOrigin(jobFolder: string, origin: Origin): void {
  makeRecordRoom(jobFolder);
  writeFileDurably(path.join(jobFolder, JOB_FILES.origin), `${JSON.stringify(origin)}\n`);
}

/** The user id of whoever has made a job's folder, or the one that the manager has copied in; undefined where it is gone. */
export function folderOwnerId(jobFolder: string | Buffer): number | undefined {
  const origin = typeof jobFolder === "string" ? readOrigin(jobFolder) : undefined;
  return origin?.uid ?? fs.lstatSync(jobFolder, { throwIfNoEntry: false })?.uid;
}

/**
 * The name of the user whom a job's folder belongs to, `uid 1001` where that has none; undefined where it is the manager's
 * own, which tells of nobody.
 * @param managerId the user id of the manager
 */
export function folderUser(jobFolder: string | Buffer, managerId: number | undefined): string | undefined {
  return userBesides(managerId, folderOwnerId(jobFolder));
}

/** The name of the user who runs this program, as `folderUser`: a folder that is made now will be that user's. */
export function ownUser(managerId: number | undefined): string | undefined {
  return userBesides(managerId, process.geteuid?.());
}

/**
 * The user id of the manager: it publishes the status; before the first time the queue's owner is taken for it, and
 * without a queue the user who runs this program.
 */
export function managerUserId({ status, queue }: Layout): number | undefined {
  const found =
    fs.statSync(status, { throwIfNoEntry: false }) ?? fs.statSync(queue, { throwIfNoEntry: false });
  return found?.uid ?? process.geteuid?.();
}

function userBesides(managerId: number | undefined, id: number | undefined): string | undefined {
  return id === undefined || id === managerId ? undefined : (systemUser(id)?.name ?? `uid ${id}`);
}
