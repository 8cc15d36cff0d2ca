import fs from "node:fs";
import { openFile } from "../disk/open-file.ts";
import { tryOr } from "../text/try-or.ts";
import type { DirJob } from "./dir-job.ts";

const CHUNK_BYTES = 1 << 20;

/**
 * Ends a job that another worker has taken as well and goes on with: a copy of the same content is removed, so that nothing of it is
 * left lying. One of another content is no copy of it but a job of the same name, and is put to `99_failed`: it must not get lost.
 * @param winner path of the other worker's copy
 */
export function settleConflict(job: DirJob, winner: string): void {
  // The other one may have ended it meanwhile.
  if (tryOr(() => isSameFile(job.path, winner), false)) fs.rmSync(job.path);
  else job.failed();
}

function isSameFile(one: string, other: string): boolean {
  const [left, right] = [fs.lstatSync(one), fs.lstatSync(other)];
  if (!left.isFile() || !right.isFile() || left.size !== right.size) return false;
  using ours = openFile(one, "r");
  using theirs = openFile(other, "r");
  for (let at = 0; at < left.size; at += CHUNK_BYTES)
    if (!chunkAt(ours.handle, at).equals(chunkAt(theirs.handle, at))) return false;
  return true;
}

function chunkAt(handle: number, at: number): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  return chunk.subarray(0, fs.readSync(handle, chunk, 0, CHUNK_BYTES, at));
}
