import fs from "node:fs";

/** The kernel counts the time of ended children in hundredths of a second. */
const TICKS_A_SECOND = 100;

/** Memory of processes in megabytes. */
export interface Memory {
  readonly rssMb: number;
  /** With what several processes share counted once among them. */
  readonly pssMb: number;
}

/** Processor seconds that a process and those of its children that have ended have taken so far. */
export function cpuSeconds(pid: number): number {
  const tasks = fs.readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.reduce((sum, task) => sum + taskNanoseconds(pid, task), 0);
  // utime and stime come first, then those of the children that were waited for.
  const [, , inChildren, ofChildren] = statFields(pid).slice(11, 15).map(Number);
  return nanoseconds / 1e9 + ((inChildren ?? 0) + (ofChildren ?? 0)) / TICKS_A_SECOND;
}

/** Memory that a process keeps. */
export function memoryOf(pid: number): Memory {
  const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1024) / 1e6;
  return { rssMb: megabytes("Rss"), pssMb: megabytes("Pss") };
}

/** The children of a process that live. */
export function childrenOf(pid: number): number[] {
  return fs.readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return Number(statFields(Number(name))[1]) === pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

// Finer than the ticks of /proc/PID/stat, of which a daemon at rest takes one or two a minute.
function taskNanoseconds(pid: number, task: string): number {
  return Number(fs.readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
}

/** The fields of /proc/PID/stat behind the name, the state being number 0. */
function statFields(pid: number): string[] {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
