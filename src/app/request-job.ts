import fs from "node:fs";
import os from "node:os";
import { describeNoRoom, errorCode, isDenied, isNoRoom } from "../disk/error-code.ts";
import { userName } from "../queue/access.ts";
import type { Layout } from "../queue/layout.ts";
import { makeRequest, removeRequest } from "../queue/requests.ts";
import { QmError } from "../text/errors.ts";
import { tryOr } from "../text/try-or.ts";

/** Puts a request into a folder; `by` tells who asks. Throws `failed` where that is not allowed. */
export function request(folder: string, name: string, by: string): void {
  explained(folder, `put the file ${name} there`, () => makeRequest(folder, name, by));
}

/** Takes a request out of a folder. Throws `failed` where that is not allowed. */
export function withdrawRequest(folder: string, name: string): void {
  explained(folder, `take the file ${name} away`, () => removeRequest(folder, name));
}

function explained(folder: string, tried: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const code = errorCode(error);
    throw new QmError("failed", `the folder cannot be written to (${code})`, {
      path: folder,
      tried,
      mend: isNoRoom(error) ? `make room: ${describeNoRoom(error)}` : mendOf(code),
      cause: error,
    });
  }
}

function mendOf(code: string | undefined): string {
  if (isDenied(code)) return "ask for the right to write there, or do it as the folder's owner";
  return "look at the job with `qm status`: it may have moved on";
}

/**
 * Makes the manager scan at once: it watches the root folder, whose times this moves. A user who may not do that waits
 * for its next scan.
 */
export function wakeManager({ root }: Pick<Layout, "root">): void {
  const now = new Date();
  tryOr(() => fs.utimesSync(root, now, now), undefined);
}

/** The asker, as written into request files: `ada@lab-server`. */
export function requester(): string {
  return `${userName()}@${os.hostname()}`;
}
