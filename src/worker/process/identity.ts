import fs from "node:fs";
import os from "node:os";
import { currentBootId } from "../../disk/machine.ts";
import { escapeControls } from "../../text/escape.ts";
import { tryOr } from "../../text/try-or.ts";
import { type ProcessStat, readProcessStat } from "./process-stat.ts";

/** One process and no other: a pid is given out again, never together with its start time and boot. */
export interface ProcessIdentity {
  readonly bootId: string;
  readonly pid: number;
  /** Clock ticks since boot, field 22 of `/proc/PID/stat`; as text, as the records have it. */
  readonly startTicks: string;
}

/** Clock ticks a second in `/proc/PID/stat`, the same on every Linux a program can see. */
const TICKS_PER_SECOND = 100;

let pidNamespace: string | undefined;

/** The namespace in which pids are given out to this process, `pid:[4026531836]`; "" where the kernel knows none. */
export function currentPidNamespace(): string {
  pidNamespace ??= fs.existsSync("/proc/self/ns/pid") ? fs.readlinkSync("/proc/self/ns/pid") : "";
  return pidNamespace;
}

/** The process that has this pid now; undefined when none has, or only a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProcessStat(pid);
  if (stat === undefined || stat.dead) return undefined;
  return { bootId: currentBootId(), pid, startTicks: stat.startTicks };
}

/** True while this very process runs: boot id, pid and start time all match, and it is no zombie. */
export function isAlive(identity: ProcessIdentity): boolean {
  return statOf(identity) !== undefined;
}

/** As `isAlive`; undefined where the pid was given in another namespace than ours, and so tells nothing here. */
export function isSeenAlive(
  identity: ProcessIdentity & { readonly pidNamespace?: string },
): boolean | undefined {
  const { pidNamespace: theirs = currentPidNamespace() } = identity;
  return theirs === currentPidNamespace() ? isAlive(identity) : undefined;
}

/** The stat line of this very process in `/proc` now; undefined when it no longer runs. */
export function statOf({ bootId, pid, startTicks }: ProcessIdentity): ProcessStat | undefined {
  if (bootId !== currentBootId()) return undefined;
  const stat = readProcessStat(pid);
  return stat === undefined || stat.dead || stat.startTicks !== startTicks ? undefined : stat;
}

/** The beginning of a process, in seconds since boot, as `os.uptime` counts them. */
export function uptimeAtStart({ startTicks }: Pick<ProcessIdentity, "startTicks">): number {
  hiddenSeconds ??= hiddenUptimeSeconds();
  return Number(startTicks) / TICKS_PER_SECOND - hiddenSeconds;
}

let hiddenSeconds: number | undefined;

// In a container the uptime may begin with that (lxcfs), while processes begin by the machine's. This process tells by how much
// they differ; seen late, as it has taken its time to begin, by less than there is.
function hiddenUptimeSeconds(): number {
  const own = readProcessStat(process.pid);
  const beganAt = Number(own?.startTicks ?? 0) / TICKS_PER_SECOND;
  return Math.max(0, beganAt + process.uptime() - os.uptime());
}

/**
 * Bytes of memory that processes hold at this moment, added up; memory that several share counts for each of them.
 * The largest of many samples is a job's peak as far as it was looked at: shorter peaks go unseen.
 */
export function residentBytes(processes: readonly ProcessIdentity[]): number {
  return processes.reduce((sum, { pid }) => sum + residentBytesOf(pid), 0);
}

function residentBytesOf(pid: number): number {
  // It may be gone meanwhile.
  const status = tryOr(() => fs.readFileSync(`/proc/${pid}/status`, "latin1"), "");
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** A running process's program as the kernel names it, at most 15 bytes, which the process can set; `?` where it has gone. */
export function programName(pid: number): string {
  return tryOr(() => escapeControls(fs.readFileSync(`/proc/${pid}/comm`, "utf8").replace(/\n$/, "")), "?");
}
