import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { codeOrText, isThere } from "../../disk/error-code.ts";
import { tryOr } from "../../text/try-or.ts";
import { JOB_FILES, type Layout } from "../layout.ts";

/** Moves a job's folder out of everybody's sight, for somebody to remove it. */
export function moveToTrash(
  layout: Layout,
  folder: string,
): { readonly kind: "moved"; readonly trash: string } | { readonly kind: "refused"; readonly why: string } {
  const trash = path.join(layout.trash, crypto.randomUUID());
  try {
    fs.mkdirSync(layout.trash, { recursive: true });
    fs.renameSync(folder, trash);
    return { kind: "moved", trash };
  } catch (error) {
    return { kind: "refused", why: codeOrText(error) };
  }
}

/** Makes an empty folder for a job's temporary files beside its records, whatever lies there. Throws what the file system throws. */
export function makeTemporaryFolder(layout: Layout, jobFolder: string): void {
  removeTemporaryFolder(layout, jobFolder);
  fs.mkdirSync(path.join(jobFolder, JOB_FILES.temporary), { recursive: true, mode: 0o700 });
}

/**
 * Takes away what a job has left there. There may be a lot: it is out of the folder at once and removed little by little.
 * It stays where that is not possible, as no more than room on the disk is lost. Never throws.
 */
export function removeTemporaryFolder(layout: Layout, jobFolder: string): void {
  const folder = path.join(jobFolder, JOB_FILES.temporary);
  if (!isInRealFolder(folder) || isRemovedEmpty(folder)) return;
  const moved = moveToTrash(layout, folder);
  if (moved.kind === "moved") fs.rm(moved.trash, { recursive: true, force: true }, () => undefined);
}

// Through a link in place of the records' folder it would be taken from somebody else.
function isInRealFolder(folder: string): boolean {
  return tryOr(() => fs.lstatSync(path.dirname(folder)).isDirectory() && isThere(folder), false);
}

function isRemovedEmpty(folder: string): boolean {
  return tryOr(() => fs.rmdirSync(folder) === undefined, false);
}
