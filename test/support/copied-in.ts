import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { COPY_PREFIX } from "../../src/queue/intake/copy-in.ts";
import { namesIn } from "./scratch.ts";
import type { TestQueue } from "./test-queue.ts";

/** The manager's user and group, which is the queue's. */
export const MANAGER = 65_534;
/** A user who is in the queue's group. */
export const ADA = 54_321;

/** Gives a queue to the manager's user, and lets its group write into it. */
export function share({ base, layout }: TestQueue, mode = 0o2775): void {
  for (const folder of ["", ...(fs.readdirSync(base, { recursive: true }) as string[])])
    fs.chownSync(path.join(base, folder), MANAGER, MANAGER);
  fs.chmodSync(base, 0o755);
  for (const folder of [layout.queue, layout.finished, layout.lost]) fs.chmodSync(folder, mode);
}

/** Runs a command as Ada, with Debian's umask. Throws with what it said where it fails. */
export function asAda(command: string, cwd: string): void {
  const shell = spawnSync("sh", ["-c", `umask 022; ${command}`], {
    cwd,
    uid: ADA,
    gid: MANAGER,
    encoding: "utf8",
  });
  if (shell.status !== 0) throw new Error(`${command}: ${shell.stderr}`);
}

/** The names in a queue, hidden ones too, without what tells one copy from another. */
export function inQueue({ layout }: TestQueue): string[] {
  return namesIn(layout.queue).map((name) => (name.startsWith(COPY_PREFIX) ? COPY_PREFIX : name));
}
