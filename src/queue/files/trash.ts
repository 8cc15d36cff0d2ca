import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { removeTree } from "../../disk/empty-trash.ts";
import { errorCode } from "../../disk/error-code.ts";
import type { Layout } from "../layout.ts";

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
export async function removeJobFolder(layout: Layout, folder: string): Promise<Removal> {
  const moved = moveToTrash(layout, folder);
  if (moved.kind === "refused") return moved;
  try {
    await removeTree(moved.trash);
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
