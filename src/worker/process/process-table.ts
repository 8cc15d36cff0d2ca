import fs from "node:fs";
import { TOKEN_VARIABLE } from "./environment.ts";
import { fromProc, type ProcessStat, readProcessStat } from "./process-stat.ts";

/** Enough to catch up with a machine on which processes are born while the table is being read. */
const MAX_ROUNDS = 100;

/** Within so short a time the machine cannot give out all its process numbers and begin anew. */
const NO_WRAP_MS = 200;

/** The last table that was read, and how far the giving out of numbers had come then. */
let last:
  | { readonly processes: ReadonlyMap<number, ProcessStat>; readonly newest: number; readonly atMs: number }
  | undefined;

/**
 * All processes at one moment. While `/proc` is read, a process may start another and be gone before its turn comes;
 * so whoever was born meanwhile is read as well, until nobody was. Whoever lives at the end is in the table.
 * @param sinceTicks processes older than this are needed only as entries: their details may come from the last table (at most
 * 200 ms old), because reading every process again takes longer than all the rest of a short job
 */
export function readProcessTable(sinceTicks = 0): ProcessTable {
  const atMs = performance.now();
  const processes = new Map<number, ProcessStat>();
  let newest = newestPid();
  const isOld = oldBefore(sinceTicks, newest, atMs);
  add(processes, listedPids(), isOld);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = newestPid();
    if (now === newest) break;
    add(processes, now > newest ? pidsBetween(newest, now) : listedPids());
    newest = now;
  }
  last = { processes, newest, atMs };
  return new ProcessTable([...processes.values()]);
}

/** The facts known of a number that nobody else can have been given since, if its process is old. */
type Recall = (pid: number) => ProcessStat | undefined;

function oldBefore(sinceTicks: number, newest: number, nowMs: number): Recall {
  const known = last;
  if (known === undefined || nowMs - known.atMs > NO_WRAP_MS || newest < known.newest) return () => undefined;
  return (pid) => {
    const stat = known.processes.get(pid);
    const mayBeAnother = pid > known.newest && pid <= newest;
    return stat !== undefined && !mayBeAnother && Number(stat.startTicks) < sinceTicks ? stat : undefined;
  };
}

function add(
  processes: Map<number, ProcessStat>,
  pids: readonly number[],
  recall: Recall = () => undefined,
): void {
  for (const pid of pids) {
    const stat = recall(pid) ?? readProcessStat(pid);
    if (stat !== undefined) processes.set(pid, stat);
  }
}

function listedPids(): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d/.test(name))
    .map(Number);
}

// Pids are given out upwards until they begin anew.
function pidsBetween(last: number, newest: number): number[] {
  return Array.from({ length: newest - last }, (_, index) => last + 1 + index);
}

let loadHandle: number | undefined;
const loadText = Buffer.alloc(128);

// The last field of `0.20 0.18 0.12 1/80 11206`. Asked several times for each table, so the file stays open.
function newestPid(): number {
  loadHandle ??= fs.openSync("/proc/loadavg", "r");
  const length = fs.readSync(loadHandle, loadText, 0, loadText.length, 0);
  return Number(loadText.toString("latin1", 0, length).split(" ").at(-1));
}

/**
 * A snapshot of `/proc`. What is more expensive to read than the list itself (environments, open files) is read when first
 * asked for and kept, so that many jobs looked for in one snapshot share the cost.
 */
export class ProcessTable {
  readonly processes: readonly ProcessStat[];
  readonly #tokens = new Map<number, readonly string[]>();
  readonly #openFiles = new Map<number, readonly string[]>();

  constructor(processes: readonly ProcessStat[]) {
    this.processes = processes;
  }

  /** The job tokens in a process's environment as it was at its last exec; empty where it cannot be read. */
  tokensOf(pid: number): readonly string[] {
    return remember(this.#tokens, pid, readTokens);
  }

  /** The paths of the files that a process holds open; empty where they cannot be read. */
  openFilesOf(pid: number): readonly string[] {
    return remember(this.#openFiles, pid, readOpenFiles);
  }
}

/** The absolute paths that end so of files which processes hold open, as far as these can be seen. */
export function openFilesEndingIn(ending: string): readonly string[] {
  const files = listedPids().flatMap(readOpenFiles);
  return [...new Set(files.filter((file) => file.endsWith(ending)))];
}

function remember<T>(known: Map<number, T>, pid: number, read: (pid: number) => T): T {
  const found = known.get(pid) ?? read(pid);
  known.set(pid, found);
  return found;
}

function readTokens(pid: number): string[] {
  const environment = fromProc(() => fs.readFileSync(`/proc/${pid}/environ`, "latin1"), "");
  if (!environment.includes(TOKEN_VARIABLE)) return [];
  const start = `${TOKEN_VARIABLE}=`;
  return environment
    .split("\0")
    .flatMap((entry) => (entry.startsWith(start) ? [entry.slice(start.length)] : []));
}

// Pipes and sockets are `pipe:[4711]`; only paths are of use.
function readOpenFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return fromProc(() => fs.readdirSync(folder), [])
    .map((descriptor) => fromProc(() => fs.readlinkSync(`${folder}/${descriptor}`), ""))
    .filter((target) => target.startsWith("/"));
}
