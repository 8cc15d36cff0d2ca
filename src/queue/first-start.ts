import crypto from "node:crypto";
import fs from "node:fs";
import { ifThere, isThere } from "../disk/error-code.ts";
import { QmError } from "../text/errors.ts";
import { rememberedId, rememberQueue } from "./known-queues.ts";
import { type Layout, STAGE_FOLDERS } from "./layout.ts";
import { readQueueId, writeQueueId } from "./queue-id.ts";
import { createFolders } from "./tree-setup.ts";

/**
 * Creates the folders of a queue where they are missing, for a manager. Throws `failed` with what to do: above all where the queue's
 * mount may be away, as a queue made below the mount point would hide the other.
 */
export function openFolders(layout: Layout): void {
  if (readQueueId(layout) === undefined && !isQueue(layout)) refuseLostMount(layout);
  createFolders(layout);
}

/** The queue's id, given to it where it has none; this machine remembers it. Throws what the file system throws. */
export function openQueueId(layout: Layout): string {
  const remembered = rememberedId(layout.root);
  return keepId(layout, remembered, remembered);
}

/** Makes a queue where there is none, by a person's word. Throws `failed` with what to do. */
export function makeQueue(layout: Layout): void {
  const remembered = rememberedId(layout.root);
  const isMade = isQueue(layout);
  createFolders(layout);
  keepId(layout, isMade ? remembered : undefined, remembered);
}

function keepId(layout: Layout, former: string | undefined, remembered: string | undefined): string {
  const found = readQueueId(layout);
  const id = found ?? former ?? crypto.randomUUID();
  if (found === undefined) writeQueueId(layout, id);
  if (remembered !== id) rememberQueue(layout.root, id);
  return id;
}

/** True where the folders of a queue are there, be it one from before queues had ids. */
function isQueue({ queue, running }: Layout): boolean {
  return ifThere(() => isThere(queue) && isThere(running)) ?? false;
}

/** Things that may lie in a folder of which nobody has made a queue yet; a crash in a first start leaves some of them. */
const NO_STRANGERS: ReadonlySet<string> = new Set([
  ...Object.values(STAGE_FOLDERS),
  ".qm",
  "QMserv.cfg",
  "lost+found",
]);

function refuseLostMount({ root }: Layout): void {
  const names = ifThere(() => fs.readdirSync(root)) ?? [];
  const isEmpty = names.every((name) => NO_STRANGERS.has(name));
  if (isEmpty && rememberedId(root) === undefined) return;
  throw isEmpty ? lostMount(root) : strangeFolder(root);
}

/** The error where this machine remembers a queue at a path and there is none. */
export function lostMount(root: string): QmError {
  const state = fs.existsSync(root) ? "empty" : "missing";
  return new QmError("failed", `the folder is ${state}: is its mount away?`, {
    path: root,
    mend: "mount it again; if the queue is gone for good, `qm init` makes a new queue",
  });
}

function strangeFolder(root: string): QmError {
  return new QmError("failed", "the folder holds other things and no queue", {
    path: root,
    mend: "choose another QM_FOLDER; `qm init` makes a queue beside what is there",
  });
}
