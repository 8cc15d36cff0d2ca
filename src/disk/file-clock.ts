import fs from "node:fs";
import path from "node:path";
import { temporaryNameOf } from "./durable.ts";

/**
 * The time, in milliseconds since 1970, by the clock that dates the files in a folder: on a network mount that is the
 * server's. By this machine's own where nothing can be written there.
 */
export function fileClockMs(folder: string): number {
  const probe = temporaryNameOf(path.join(folder, "clock"));
  try {
    fs.writeFileSync(probe, "", { flag: "wx", mode: 0o600 });
    return fs.lstatSync(probe).mtimeMs;
  } catch {
    return Date.now();
  } finally {
    fs.rmSync(probe, { force: true });
  }
}
