import fs from "node:fs";
import type { ProcessIdentity } from "./identity.ts";

/**
 * Bytes of memory that processes hold at this moment, added up; memory that several share counts for each of them.
 * The largest of many samples is a job's peak as far as it was looked at: shorter peaks go unseen.
 */
export function residentBytes(processes: readonly ProcessIdentity[]): number {
  return processes.reduce((sum, { pid }) => sum + residentBytesOf(pid), 0);
}

function residentBytesOf(pid: number): number {
  try {
    const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    // Gone meanwhile.
    return 0;
  }
}
