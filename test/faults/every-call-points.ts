import path from "node:path";
import { type Call, EVERY_THREAD, isSync } from "./every-call-trace.ts";

/** One system call in a manager's life, named so that strace finds it again in the next life that goes the same way. */
export interface CallPoint {
  readonly name: string;
  /** The file it is about, as the trace has it; undefined where nobody can tell the name beforehand. */
  readonly file: string | undefined;
  /** Its number among the calls of this name on this file, from 1; without a file, among all of this name. */
  readonly number: number;
  /** For people. */
  readonly what: string;
}

/** The life that the points are taken from. */
export interface LifeKind {
  readonly title: string;
  /** Until a job of one kind is started, its life is the same in every course. */
  readonly delivers: string;
}

/** A point, and a text that is the same for points at which it makes no difference which of them is tried. */
export interface KeyedPoint {
  readonly point: CallPoint;
  readonly key: string;
}

/** Random names, and names that hold the time. */
const UNFORESEEN =
  /[0-9a-f]{8}-[0-9a-f-]{27}|(?<=\/\.?claim\.\w+\.)[0-9a-f]{32}|(?<=\.qm-file-)[0-9a-f]{16}|\d{8}T[\d.]+Z-[0-9a-f]+/g;
const STARTS = /^(?:v?fork|clone3?)$/;
const SIGNALS = /^(?:kill|tgkill|pidfd_send_signal)$/;
/** Paths of calls that are about the job. */
const OF_JOB = /(?:^|\/)job(?:\/|\.json$|\.\d+(?:\/|$)|$)/;
/** Files in which the manager tells people of itself; how often and when depends on the clock, and nothing is decided by it. */
const TOLD = /^\.qm\/(?:\.?status\.json|QueueManager\.log)|\.?report\.json|worker\.log/;

/**
 * The points at which a manager is about to change something of its queue, in their order. What it only reads between
 * two changes leaves the same disk behind as the later one.
 *
 * Two points are alike when all that was changed before is, and the call itself: so the start of a manager counts once,
 * and the life of a job until it is started once for each kind of job; where only the waits for the disk are told, once for
 * each course. What the manager tells of itself (its status, its
 * log) counts once for each call.
 */
export function changingPoints(calls: readonly Call[], life: LifeKind): KeyedPoint[] {
  const before: string[] = [];
  let scope = "";
  return aimablePoints(calls).flatMap(({ call, point }) => {
    if (!call.changes) return [];
    if (scope === "" && call.files.some((file) => OF_JOB.test(file)))
      scope = isSync(call.name) ? life.title : life.delivers;
    const isTold = TOLD.test(point.file ?? "");
    const key = isTold ? point.what : [scope, ...before, point.what].join("\n");
    if (!isTold) before.push(point.what);
    if (scope === life.delivers && STARTS.test(call.name)) scope = life.title;
    return [{ point, key }];
  });
}

/** Of points that are alike the first. */
export function distinct<T extends { readonly key: string }>(all: readonly T[]): T[] {
  const byKey = new Map(all.toReversed().map((each) => [each.key, each]));
  return all.filter((each) => byKey.get(each.key) === each);
}

/** At most `count` of a list, spread evenly over it. */
export function spread<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return all.filter((_, index) => Math.floor(index / step) > Math.floor((index - 1) / step));
}

/**
 * The command line with which strace meddles with a program's calls from a point on; the program's own follows. `$$`
 * is the program's number: the shell's own, as `exec` and `-D` keep it.
 * @param injection as strace's `inject` has it, such as `signal=KILL`
 * @param times with how many calls in a row
 */
export function meddling(
  { name, file, number }: CallPoint,
  injection: string,
  { root, traceFile, times = 1 }: { root: string; traceFile: string; times?: number },
): string[] {
  const when = times === 1 ? `${number}` : `${number}..${number + times - 1}`;
  const only = file === undefined ? "" : `-P "${path.resolve(root, file)}"`;
  const inject = `-e trace=${name} -e inject=${name}:${injection}:when=${when}`;
  const threads = isSync(name) ? EVERY_THREAD.join(" ") : "";
  return ["sh", "-c", `exec strace -qq -D -y ${threads} -o "$0" ${only} ${inject} "$@"`, traceFile];
}

/** Every call that strace can be told to find again, with its point. */
export function aimablePoints(calls: readonly Call[]): { readonly call: Call; readonly point: CallPoint }[] {
  const counts = new Map<string, number>();
  return calls.flatMap((call) => {
    // Strace counts in each thread by itself.
    const keyOf = (about: string) => `${call.thread} ${call.name} ${about}`;
    for (const about of new Set(seenByStrace(call)))
      counts.set(keyOf(about), (counts.get(keyOf(about)) ?? 0) + 1);
    const file = seenByStrace(call).find((each) => !each.match(UNFORESEEN));
    if (file === undefined && !canBeCounted(call)) return [];
    const number = file === undefined ? call.number : (counts.get(keyOf(file)) ?? 0);
    const what = [call.name, ...call.files.map((each) => each.replaceAll(UNFORESEEN, "*"))].join(" ");
    return [{ call, point: { name: call.name, file, number, what } }];
  });
}

// strace -P looks at both paths of a renameat, at the first of a rename.
function seenByStrace({ name, files }: Call): readonly string[] {
  return name === "rename" ? files.slice(0, 1) : files;
}

// The opening of a file whose name nobody can foresee is left out: of opens there are hundreds, as many as there are
// processes in /proc. The call before it and the first one to write stand for it.
function canBeCounted({ name, files }: Call): boolean {
  return files.length === 0 ? STARTS.test(name) || SIGNALS.test(name) : !name.startsWith("open");
}
