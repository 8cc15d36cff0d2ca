import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ifThere } from "../../disk/error-code.ts";
import { tryOr } from "../../text/try-or.ts";
import type { Layout } from "../layout.ts";
import { letGroupIn } from "../manager-reach.ts";
import { refusedBy, renameJob } from "../move.ts";
import { writeOrigin } from "../origin.ts";
import { type JobFile, jobNameOfFile } from "./job-file.ts";

/** The beginning of the names of folders in the queue that are made for one file; hidden, so that no scan takes one for a job. */
export const FILE_PREFIX = ".qm-file-";

/** The end of making a folder of a file; `halfway`: the file lies in the hidden folder, which has not got its name. */
export type FileLanding =
  | { readonly kind: "moved"; readonly name: string; readonly isUnchanged: boolean }
  | { readonly kind: "refused" | "halfway"; readonly why: string };

/** Makes the hidden folder for a file, as open as the queue; it tells whose the file is. Throws what the file system throws. */
export async function prepareFolder(layout: Layout, file: JobFile): Promise<string> {
  const folder = path.join(layout.queue, FILE_PREFIX + crypto.randomBytes(8).toString("hex"));
  fs.mkdirSync(folder);
  try {
    await letGroupIn(layout, folder);
    if (file.uid !== process.geteuid?.())
      writeOrigin(folder, { version: 1, name: file.entry.name, uid: file.uid });
    return folder;
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Moves a file into the folder that is prepared for it, then gives that the job's name: two renames, so that the file is always somewhere,
 * and once. Both folders are the caller's to sync. Never throws.
 * @param name of the job; another where something of that name lies in the queue
 */
export function landFile({ queue }: Layout, file: JobFile, folder: string, name: string): FileLanding {
  const inside = path.join(folder, file.entry.name);
  try {
    fs.renameSync(file.entry.path, inside);
  } catch (error) {
    tryOr(() => fs.rmSync(folder, { recursive: true, force: true }), undefined);
    return refusedBy(error);
  }
  const isUnchanged = tryOr(() => file.isSameAs(fs.lstatSync(inside)), false);
  const moved = renameJob(folder, queue, name);
  return moved.kind === "moved" ? { ...moved, isUnchanged } : { ...moved, kind: "halfway" };
}

/** The name that the file in such a folder gives it; undefined where there is no file in it yet. Throws what the file system throws. */
export function nameOfLanding(folder: string): string | undefined {
  const files = ifThere(() => fs.readdirSync(folder)) ?? [];
  return files.map(jobNameOfFile).find((name) => name !== undefined);
}
