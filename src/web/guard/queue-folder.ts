import fs from "node:fs/promises";
import type { RequestHandler } from "express";
import type { Layout } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";

/**
 * Says for every page and operation alike when the queue's folders are away, as with a disk that is not mounted: no
 * job may seem to be gone for good. They are looked for anew for each request.
 */
export function queueFolderGuard({ root, queue }: Pick<Layout, "root" | "queue">): RequestHandler {
  return async (_request, _response, next) => {
    if (!(await isFolder(queue))) throw awayError(root, queue);
    next();
  };
}

// A mount that has broken down fails in many ways.
async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await fs.stat(folder)).isDirectory();
  } catch {
    return false;
  }
}

function awayError(root: string, queue: string): QmError {
  return new QmError("no_queue", `the queue's folders in ${root} are not there, or cannot be reached`, {
    path: queue,
    mend: `see that the disk with ${queue} is mounted; a manager makes that folder where it is missing. The page comes back by itself`,
  });
}
