import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../files/error-code.ts";
import type { Layout } from "./layout.ts";
import { walkTree } from "./tree.ts";

/** How the removal of a job's folder went. */
export type Removal =
  | { readonly kind: "removed" }
  /** Nothing has changed. */
  | { readonly kind: "refused"; readonly why: string }
  /** The job is gone from the queue, its folder partly still in the trash. */
  | { readonly kind: "left"; readonly trash: string; readonly why: string };

/**
 * Removes a job's folder: one rename takes it out of everybody's sight, then it is removed file by file; of links only
 * the links themselves.
 */
export function removeJobFolder(layout: Layout, folder: string): Removal {
  const moved = moveToTrash(layout, folder);
  if (moved.kind === "refused") return moved;
  try {
    removeTree(moved.trash);
    return { kind: "removed" };
  } catch (error) {
    return { kind: "left", trash: moved.trash, why: errorCode(error) ?? String(error) };
  }
}

/** Moves a job's folder out of everybody's sight, for somebody to remove it. */
export function moveToTrash(
  layout: Layout,
  folder: string,
): { readonly kind: "moved"; readonly trash: string } | Extract<Removal, { readonly kind: "refused" }> {
  const trash = path.join(layout.trash, crypto.randomUUID());
  try {
    fs.mkdirSync(layout.trash, { recursive: true });
    fs.renameSync(folder, trash);
    return { kind: "moved", trash };
  } catch (error) {
    return { kind: "refused", why: errorCode(error) ?? String(error) };
  }
}

/** Removes a folder, also where a job took from its own folders the right to write. Throws what the file system throws. */
export function removeTree(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    const code = errorCode(error);
    if (code === "EACCES" || code === "EPERM") makeWritable(folder);
    // Whoever empties the trash at the same time was faster.
    else if (code !== "ENOENT") throw error;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

// The mode is changed before the walk goes into the folder, as it may not be readable either.
function makeWritable(folder: string): void {
  fs.chmodSync(folder, 0o700);
  for (const entry of walkTree(folder)) {
    if (entry.type === "folder") fs.chmodSync(Buffer.concat([Buffer.from(`${folder}/`), entry.path]), 0o700);
  }
}
