import fs from "node:fs";

/** The calls by which a program changes something that others can see: files, folders, processes. */
const CHANGING = words(
  "open openat openat2 creat mkdir mkdirat mknod mknodat rename renameat renameat2 link linkat symlink symlinkat",
  "unlink unlinkat rmdir truncate ftruncate fallocate copy_file_range sendfile write pwrite64 writev pwritev",
  "chmod fchmod fchmodat chown lchown fchown fchownat utimensat flock",
  "kill tgkill pidfd_send_signal fork vfork clone clone3",
);

/** The calls by which it waits for the disk, most of them side by side in threads of their own. */
const SYNCING = words("fsync fdatasync syncfs");

/** The calls by which it looks at files and folders. */
const LOOKING = words(
  "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64 read pread64 statfs",
);

/** Opening makes a file, or changes one, with one of these. */
const OPENS_TO_CHANGE = /\bO_(?:CREAT|WRONLY|RDWR|TRUNC)\b/;
/** A thread is part of the program, a signal 0 only a question, a call that failed no change. */
const OF_NO_EFFECT = /\bCLONE_THREAD\b|^(?:kill|tgkill|pidfd_send_signal)\(\d+, 0[,)]| = -1 E[A-Z]+ \(/;

/** One system call of a program, as strace tells it. */
export interface Call {
  readonly name: string;
  /** Its number among those of its name, from 1. */
  readonly number: number;
  /** In which thread it was made; undefined where only the first is looked at. */
  readonly thread: string | undefined;
  /**
   * The files that it is about: below the queue's folder, relative to that, or below a handle of the program's own. The
   * program's number is written `$$`.
   */
  readonly files: readonly string[];
  /** True if it has changed something: a call that failed has not. */
  readonly changes: boolean;
}

/** The calls of a program that are written down. */
export type Traced = "changing" | "all" | "syncing";

const TRACED: Readonly<Record<Traced, readonly string[]>> = {
  changing: CHANGING,
  all: [...CHANGING, ...LOOKING],
  syncing: SYNCING,
};

/**
 * The command line with which strace writes down a program's calls; the program's own follows. With `-D` the program
 * itself is the process that was started. A question mark stands before a call that some machines do not have.
 */
export function tracing(traceFile: string, what: Traced): string[] {
  const names = TRACED[what].map((name) => `?${name}`).join();
  const threads = what === "syncing" ? EVERY_THREAD : [];
  return ["strace", "-D", ...threads, "-o", traceFile, "-y", "-e", `trace=${names}`];
}

/**
 * Options that have strace look at every thread, and let go of every process that comes of the program as it becomes another
 * program. Without them only the first thread is looked at, where all work is done but the waiting for the disk.
 */
export const EVERY_THREAD = ["-f", "-b", "execve"];

/** True for a call by which a program waits for the disk. */
export function isSync(name: string): boolean {
  return SYNCING.includes(name);
}

/** Reads what {@link tracing} has written of a program with a certain number, on a queue in a certain folder. */
export function readCalls(traceFile: string, root: string, pid: number): Call[] {
  const numbers = new Map<string, number>();
  return linesOf(traceFile).flatMap((line) => {
    const [, thread, call = ""] = /^(?:(\d+) +)?(.*)$/.exec(line) ?? [];
    const name = /^(\w+)\(/.exec(call)?.[1];
    if (name === undefined) return [];
    const number = (numbers.get(name) ?? 0) + 1;
    numbers.set(name, number);
    return [{ name, number, thread, files: filesIn(call, root, pid), changes: isChange(name, call) }];
  });
}

/** True once the trace tells of the end of the program with a certain number, after which it is complete. */
export function isComplete(traceFile: string, pid: number): boolean {
  const end = new RegExp(`^(?:${pid} +)?\\+\\+\\+ `);
  return linesOf(traceFile).some((line) => end.test(line));
}

/** Number of calls that were made to fail, as the trace tells. */
export function injectedIn(traceFile: string): number {
  return linesOf(traceFile).filter((line) => line.endsWith("(INJECTED)")).length;
}

function words(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(" "));
}

function linesOf(file: string): string[] {
  return fs.existsSync(file) ? fs.readFileSync(file, "latin1").split("\n") : [];
}

function isChange(name: string, line: string): boolean {
  if (LOOKING.includes(name) || OF_NO_EFFECT.test(line)) return false;
  return !name.startsWith("open") || OPENS_TO_CHANGE.test(line);
}

// A call on an open file has its path between <>, any other as an argument; what is written or read may hold paths too.
function filesIn(line: string, root: string, pid: number): string[] {
  const handle = /^\w+\(\d+<([^>]*)>/.exec(line)?.[1];
  const named = [...line.replace(/ = .*$/, "").matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
  const paths = handle === undefined ? named : [handle];
  // The program may name what lies in a folder that it holds open by its handle.
  const held = new RegExp(`^/proc/${pid}/fd/\\d+/`);
  return paths
    .filter((file) => file.startsWith(`${root}/`) || held.test(file))
    .map((file) => (held.test(file) ? file : file.slice(root.length + 1)))
    .map((file) => file.replaceAll(new RegExp(`(?<=[.-]|^/proc/)${pid}(?=[@./]|$)`, "g"), "$$$$"));
}
