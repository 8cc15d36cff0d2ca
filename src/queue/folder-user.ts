import fs from "node:fs";
import { systemUser } from "../disk/system-users.ts";
import type { Layout } from "./layout.ts";
import { readOrigin } from "./origin.ts";

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
