import fs from "node:fs";

/** Number of files and folders below a folder that this process holds open. */
export function openBelow(folder: string): number {
  return fs.readdirSync("/proc/self/fd").filter((handle) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${handle}`).startsWith(folder);
    } catch {
      // The one that was open for listing them.
      return false;
    }
  }).length;
}
