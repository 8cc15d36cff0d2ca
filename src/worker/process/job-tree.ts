import fs from "node:fs";
import path from "node:path";
import { currentBootId } from "../../disk/machine.ts";
import { tryOr } from "../../text/try-or.ts";
import { type ProcessIdentity, uptimeAtStart } from "./identity.ts";
import { innermostPid, type ProcessStat } from "./process-stat.ts";
import { type ProcessTable, readProcessTable } from "./process-table.ts";

/** The marks by which the processes of one attempt are known. */
export interface JobTrace {
  /** The value of `QM_JOB_TOKEN` in their environment. */
  readonly token: string;
  /** Its `alive` is open in them. */
  readonly attemptFolder: string;
  /** The process that launched them; without it a shim still on its way counts as one of them. */
  readonly shim?: ProcessIdentity | undefined;
  readonly session?: JobSession | undefined;
}

/** The session that a command was launched in. Its number is given out again once nobody is left in it. */
export interface JobSession {
  readonly id: number;
  /** Seconds since boot: whoever was in a session of this number by then was in this one. Absent while the command runs. */
  readonly endedAtUptimeSeconds?: number;
}

/**
 * Every living process of a job but its shim: the shim's descendants, whoever bears the job's token or holds its
 * `alive` open, whoever was born in the job's session, the descendants of these, and whoever shares a session with one of
 * them. Never this process or one that it descends from. A process that left the tree, its session, its environment and its files behind is not found.
 */
export function findJobProcesses(table: ProcessTable, trace: JobTrace): ProcessIdentity[] {
  if (trace.shim !== undefined && trace.shim.bootId !== currentBootId()) return [];
  const shim = table.processes.find((process) => isShim(process, trace));
  const others = table.processes.filter((process) => mayBelong(process, trace, shim));
  if (others.length === 0) return [];
  const outsiders = [...ownLine(table), ...(shim === undefined ? [] : [shim])];
  const candidates = others.filter((process) => !outsiders.includes(process));
  const family = new Family(outsiders, shim);
  for (const process of candidates) if (isBornIn(trace.session, process)) family.add(process);
  family.grow(candidates);
  const isMarked = markOf(table, trace);
  for (const process of candidates) if (!family.has(process) && isMarked(process)) family.add(process);
  family.grow(candidates);
  return candidates.filter((process) => family.has(process)).map(identityOf);
}

/** As {@link findJobProcesses}, of the processes that there are now. */
export function lookForJobProcesses(trace: JobTrace): ProcessIdentity[] {
  return findJobProcesses(readProcessTable(beginOf(trace)), trace);
}

/** Before this, in clock ticks since boot, no process of the job can have begun. */
export function beginOf({ shim }: Pick<JobTrace, "shim">): number {
  return shim === undefined ? 0 : Number(shim.startTicks);
}

/**
 * True where any process holds the attempt's `alive` open, its shim included. A shim opens it before it creates `start`:
 * an incomplete start that nobody holds was left by a shim that is gone.
 */
export function isAttemptHeld(table: ProcessTable, attemptFolder: string): boolean {
  const holds = holderOf(table, attemptFolder);
  return table.processes.some((process) => !process.dead && !process.kernelThread && holds(process));
}

/**
 * A shim of another PID namespace, by its number in ours: it holds the attempt open, began when that one did, and has its number
 * in its own namespace. Itself, which then leads to no process, where none is to be seen from here.
 */
export function seenFromHere(shim: ProcessIdentity, attemptFolder: string): ProcessIdentity {
  const table = readProcessTable(beginOf({ shim }));
  const holds = holderOf(table, attemptFolder);
  const found = table.processes.find(
    (process) =>
      process.startTicks === shim.startTicks && innermostPid(process.pid) === shim.pid && holds(process),
  );
  return found === undefined ? shim : identityOf(found);
}

/** The job processes found so far, and what makes another one of them. */
class Family {
  readonly #pids = new Set<number>();
  readonly #sessions = new Set<number>();
  readonly #foreignSessions: ReadonlySet<number>;
  readonly #shimPid: number | undefined;

  constructor(outsiders: readonly ProcessStat[], shim: ProcessStat | undefined) {
    this.#foreignSessions = new Set(outsiders.map((process) => process.session));
    this.#shimPid = shim?.pid;
  }

  has(process: ProcessStat): boolean {
    return this.#pids.has(process.pid);
  }

  add(process: ProcessStat): void {
    this.#pids.add(process.pid);
    if (!this.#foreignSessions.has(process.session)) this.#sessions.add(process.session);
  }

  /** Takes in children and sessions until nobody is left to take in. */
  grow(candidates: readonly ProcessStat[]): void {
    for (let before = -1; before !== this.#pids.size; ) {
      before = this.#pids.size;
      for (const process of candidates) if (!this.has(process) && this.#attracts(process)) this.add(process);
    }
  }

  #attracts({ parent, session }: ProcessStat): boolean {
    return parent === this.#shimPid || this.#pids.has(parent) || this.#sessions.has(session);
  }
}

function isShim(process: ProcessStat, { shim }: JobTrace): boolean {
  return (
    shim !== undefined && process.pid === shim.pid && process.startTicks === shim.startTicks && !process.dead
  );
}

function ownLine(table: ProcessTable): ProcessStat[] {
  const byPid = new Map(table.processes.map((entry) => [entry.pid, entry]));
  const line: ProcessStat[] = [];
  for (let entry = byPid.get(process.pid); entry !== undefined; entry = byPid.get(entry.parent))
    line.push(entry);
  return line;
}

function mayBelong(process: ProcessStat, trace: JobTrace, shim: ProcessStat | undefined): boolean {
  if (process.dead || process.kernelThread || process === shim) return false;
  if (Number(process.startTicks) < beginOf(trace)) return false;
  return !isToolOf(shim, process);
}

// Also where all that it descends from is gone, and it was given another environment and no files (as by Python's Popen).
function isBornIn(session: JobSession | undefined, process: ProcessStat): boolean {
  if (session === undefined || process.session !== session.id) return false;
  return uptimeAtStart(process) <= (session.endedAtUptimeSeconds ?? Number.POSITIVE_INFINITY);
}

// A process that the shim runs for itself (sync, sleep) stays in its session; the job never is in it once it runs.
function isToolOf(shim: ProcessStat | undefined, process: ProcessStat): boolean {
  return shim !== undefined && process.parent === shim.pid && process.session === shim.session;
}

function markOf(table: ProcessTable, trace: JobTrace): (process: ProcessStat) => boolean {
  const holds = holderOf(table, trace.attemptFolder);
  return (process) => table.tokensOf(process.pid).includes(trace.token) || holds(process);
}

function holderOf(table: ProcessTable, attemptFolder: string): (process: ProcessStat) => boolean {
  let alive: string | undefined;
  return ({ pid }) => {
    alive ??= path.join(realPathOf(attemptFolder), "alive");
    const held = [alive, `${alive} (deleted)`];
    return table.openFilesOf(pid).some((file) => held.includes(file));
  };
}

// The kernel names open files by their real path.
function realPathOf(folder: string): string {
  return tryOr(() => fs.realpathSync.native(folder), folder);
}

function identityOf({ pid, startTicks }: ProcessStat): ProcessIdentity {
  return { bootId: currentBootId(), pid, startTicks };
}
