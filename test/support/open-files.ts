import fs from "node:fs";

/** How many files and folders below a folder this process holds open. */
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
