import fs from "node:fs";

/** The calls by which a daemon changes something; what it only reads leaves nothing behind to be found in pieces. */
const CALLS = ["mkdir", "rename", "fsync", "write", "unlink", "rmdir", "clone"] as const;

/** One system call of a daemon: the how manieth of its name, and on what. */
export interface KillPoint {
  readonly call: string;
  readonly number: number;
  readonly what: string;
}

/**
 * The command line with which strace writes down a program's calls; the program's own follows. Only its first thread
 * is traced. With `-D` the program itself is the process that was started.
 */
export function tracing(file: string, ...more: readonly string[]): string[] {
  return ["strace", "-D", "-o", file, "-y", "-e", `trace=${CALLS.join(",")}`, ...more];
}

/** As {@link tracing}, with a SIGKILL as soon as the program makes a certain call, before anything of it is done. */
export function killingAt(point: KillPoint, file: string): string[] {
  return tracing(file, "-e", `inject=${point.call}:signal=KILL:when=${point.number}`);
}

/**
 * The calls in a trace that concern a job: its folder, its attempt, the history, the start of its shim.
 * @param marks texts of which each call of interest has one among its arguments
 */
export function killPointsIn(file: string, marks: readonly string[]): KillPoint[] {
  const counts = new Map<string, number>();
  return fs
    .readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      const call = /^(\w+)\(/.exec(line)?.[1];
      if (call === undefined) return [];
      const number = (counts.get(call) ?? 0) + 1;
      counts.set(call, number);
      const isOfInterest = call === "clone" || marks.some((mark) => line.includes(mark));
      return isOfInterest ? [{ call, number, what: describe(line) }] : [];
    });
}

/** Whether the trace tells of the program's end, after which it is complete. */
export function isComplete(file: string): boolean {
  return /^\+\+\+ /m.test(fs.readFileSync(file, "utf8"));
}

/** What the last call in a trace was about: where a killed program stood. */
export function lastCallIn(file: string): string {
  const lines = fs.readFileSync(file, "utf8").split("\n");
  return describe(lines.findLast((line) => /^\w+\(/.test(line)) ?? "");
}

/** At most `count` of a list, spread evenly over it. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from(
    { length: count },
    (_, index) => all[Math.floor(((index + 0.5) * all.length) / count)],
  ).filter((item) => item !== undefined);
}

// The last parts of the paths, without what differs from run to run (process numbers).
function describe(line: string): string {
  const call = line.slice(0, line.indexOf("("));
  const paths = [...line.matchAll(/[<"]([^<>"]*\/QM\/[^<>"]*)[>"]/g)].map((match) => match[1] ?? "");
  const short = paths.map((path) => path.replace(/^.*\/QM\//, "").replace(/\.\d+\.tmp/, ".tmp"));
  return [call, ...new Set(short)].join(" ");
}
