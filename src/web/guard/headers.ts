import fs from "node:fs/promises";
import type { RequestHandler } from "express";
import helmet from "helmet";
import type { Layout } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";

/**
 * Headers of every answer: nothing from elsewhere is loaded, no script or style stands in a page itself, nobody frames
 * it. Plain HTTP on a LAN stays plain HTTP.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    xFrameOptions: { action: "deny" },
    referrerPolicy: { policy: "same-origin" },
  });
}

/** No answer is cached, as each shows what is now; the page's own style and scripts are sent before this. */
export const neverCached: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
};

/**
 * Lets a request wait until the answers asked for before it on the same connection are sent: nothing is opened for an
 * answer that may never have its turn, as nobody would be told when the connection ends before; and whoever asks for
 * many things at once waits as long as everybody else for each.
 */
export const inTurn: RequestHandler = (_request, response, next) => {
  if (response.socket === null) response.once("socket", () => next());
  else next();
};

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
