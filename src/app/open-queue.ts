import fs from "node:fs";
import type { LoadedConfig } from "../config/config.ts";
import type { NamedQueue } from "../config/load.ts";
import { lostMount } from "../queue/first-start.ts";
import { rememberedId } from "../queue/known-queues.ts";
import { type Layout, layoutOf } from "../queue/layout.ts";
import { refuseNoFolders } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import { tryOr } from "../text/try-or.ts";
import { publishedStatus } from "./manager-state.ts";
import type { Queue } from "./queue.ts";

/** The queue of a configuration. */
export function queueOf(loaded: LoadedConfig): Queue {
  const { config } = loaded;
  return { loaded, config, layout: layoutOf(config.qmFolder) };
}

/** A queue by its folder, absolute, with the configuration that its manager goes by. */
export function queueNamed(folder: string): NamedQueue {
  const file = publishedStatus(layoutOf(folder))?.configuration?.file;
  return { folder, file: file !== undefined && isReadable(file) ? file : undefined };
}

// On a machine that mounts the queue the manager's file need not be there.
function isReadable(file: string): boolean {
  return tryOr(() => fs.accessSync(file, fs.constants.R_OK) === undefined, false);
}

/** True where the folders of a queue are there. Throws `failed` where they cannot be seen, or a file lies in their place. */
export function isQueueThere(layout: Layout): boolean {
  refuseNoFolders(layout);
  return fs.existsSync(layout.queue);
}

/**
 * The error where the folders of a queue are missing.
 * @param mend the advice where there never was one
 */
export function absentQueue({ root }: Layout, mend: string): QmError {
  if (rememberedId(root) !== undefined) return lostMount(root);
  return new QmError("failed", "there is no queue here", { path: root, mend });
}
