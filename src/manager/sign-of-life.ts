import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ifThere } from "../disk/error-code.ts";
import { openFile } from "../disk/open-file.ts";
import type { Layout } from "../queue/layout.ts";

const LOOK_MS = 500;

/** True as soon as a manager gives a sign of life; false after so many milliseconds without one. No clocks are compared. */
export async function isHeardOf(layout: Layout, forMs: number): Promise<boolean> {
  const before = signOfLife(layout);
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    await sleep(LOOK_MS);
    if (signOfLife(layout) !== before) return true;
  }
  return false;
}

/**
 * Moves while a manager of the queue lives; undefined where none has lived yet. The status is opened, as a mount may show the time of a
 * file as it was long ago otherwise. Throws what the file system throws.
 */
export function signOfLife({ status }: Layout): number | undefined {
  return ifThere(() => {
    using opened = openFile(status, "r");
    return fs.fstatSync(opened.handle).mtimeMs;
  });
}
