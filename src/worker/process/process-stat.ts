import fs from "node:fs";
import { isExhaustion } from "../../disk/error-code.ts";

/** One process as `/proc/PID/stat` tells it. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Its process group; the group's leader has it as pid. */
  readonly group: number;
  readonly session: number;
  /** Its beginning, in clock ticks since boot: with boot id and pid, a process's identity. */
  readonly startTicks: string;
  /** Ended, though perhaps not yet waited for. */
  readonly dead: boolean;
  /** Stopped by a signal, or by whoever traces it. */
  readonly stopped: boolean;
  /** A thread of the kernel: has no program, no environment, no files. */
  readonly kernelThread: boolean;
}

const KERNEL_THREAD_FLAG = 0x200000;
/** A thread's number leads to a `stat` too, though `/proc` does not list it; only processes end with a signal. */
const OF_A_THREAD = "-1";
const buffer = Buffer.alloc(4096);

/**
 * Reads something of a process in `/proc`; `otherwise` where the process is gone, or hidden from us and so none of ours. Throws when
 * that cannot be told (no file handles left): a living process must not pass for a dead one.
 */
export function fromProc<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (isExhaustion(error)) throw error;
    return otherwise;
  }
}

/** The stat line of a process in `/proc` now; undefined when there is none of that number. Throws as {@link fromProc}. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  return fromProc(() => {
    const handle = fs.openSync(`/proc/${pid}/stat`, "r");
    try {
      return parseProcessStat(buffer.toString("latin1", 0, fs.readSync(handle, buffer)));
    } finally {
      fs.closeSync(handle);
    }
  }, undefined);
}

/** The number of a process in its own PID namespace; undefined where there is none such, or the kernel does not tell. */
export function innermostPid(pid: number): number | undefined {
  const status = fromProc(() => fs.readFileSync(`/proc/${pid}/status`, "latin1"), "");
  // `NSpid: 4711 12`, from our namespace to its own.
  const [, numbers] = /^NSpid:(.*)$/m.exec(status) ?? [];
  return numbers === undefined ? undefined : Number(numbers.trim().split(/\s+/).at(-1));
}

/**
 * Reads a line in the form of proc(5). The second field, the program's name, may hold spaces and parentheses, so
 * fields are counted from the last `)`. Undefined for a thread that is not the first of its process.
 */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const nameEnd = text.lastIndexOf(") ");
  if (nameEnd < 0) return undefined;
  const fields = text.slice(nameEnd + 2).split(" ");
  const [state, parent, group, session] = fields;
  const [flags, threads, startTicks, exitSignal] = [fields[6], fields[17], fields[19], fields[35]];
  if (state === undefined || startTicks === undefined || exitSignal === OF_A_THREAD) return undefined;
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTicks,
    dead: isDead(state, Number(threads)),
    stopped: state === "T" || state === "t",
    kernelThread: (Number(flags) & KERNEL_THREAD_FLAG) !== 0,
  };
}

// A process whose first thread has ended looks like a zombie while its other threads go on.
function isDead(state: string, threads: number): boolean {
  return state === "X" || state === "x" || (state === "Z" && threads <= 1);
}
