import fs from "node:fs";
import type { Sample } from "./growth.ts";

/** A process's handles and memory now; undefined once it is gone. */
export function sampleOf(pid: number): Sample | undefined {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
    return {
      atMs: performance.now(),
      ownBytes: kilobytes(status, "RssAnon") * 1024,
      residentBytes: kilobytes(status, "VmRSS") * 1024,
      handles: fs.readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    return undefined;
  }
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
}
