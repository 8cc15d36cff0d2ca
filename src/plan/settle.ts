import { quoteForShell } from "../text/escape.ts";
import { copierOf } from "../text/unfinished-names.ts";

/** The longest quiet time asked for, whatever pauses a copy has shown. */
const MAX_QUIET_SECONDS = 30;
const PAUSE_FACTOR = 3;

/** The observations of a folder that may still be being copied; times are milliseconds of a monotonic clock. */
export interface ArrivalWatch {
  readonly fingerprint: string;
  readonly lastChangeMs: number;
  /** The longest time between two changes seen so far: a slow copy earns more patience. */
  readonly longestPauseMs: number;
}

/** The watch after one more look at the folder. */
export function watchArrival(
  before: ArrivalWatch | undefined,
  fingerprint: string,
  nowMs: number,
): ArrivalWatch {
  if (before === undefined) return { fingerprint, lastChangeMs: nowMs, longestPauseMs: 0 };
  if (before.fingerprint === fingerprint) return before;
  const pauseMs = nowMs - before.lastChangeMs;
  return { fingerprint, lastChangeMs: nowMs, longestPauseMs: Math.max(before.longestPauseMs, pauseMs) };
}

/** Time for which the folder must be quiet before it counts as whole, in milliseconds. */
export function quietNeededMs(watch: ArrivalWatch, settleSeconds: number): number {
  const patienceMs = Math.min(PAUSE_FACTOR * watch.longestPauseMs, MAX_QUIET_SECONDS * 1000);
  return Math.max(settleSeconds * 1000, patienceMs);
}

/** True where nothing has changed for long enough. */
export function isSettled(watch: ArrivalWatch, settleSeconds: number, nowMs: number): boolean {
  return nowMs - watch.lastChangeMs >= quietNeededMs(watch, settleSeconds);
}

/** Readiness of a folder in the queue for its admission, or what it still lacks. */
export type Readiness =
  /** For how long it has been whole; absent where it was delivered so. */
  | { readonly kind: "ready"; readonly wholeSeconds?: number }
  | { readonly kind: "settling"; readonly quietSeconds: number; readonly neededSeconds: number }
  | { readonly kind: "copying"; readonly temporaryName: string }
  | { readonly kind: "empty" }
  /** `part`: the file in it that cannot be read; `denied`: where a right is missing. */
  | {
      readonly kind: "unreadable";
      readonly why: string;
      readonly part?: string;
      readonly denied?: MissingRight;
    }
  /** Another file system is mounted there. */
  | { readonly kind: "mount_point" }
  /** Whole, but the manager, which runs as `user`, may not move it: it is copied in. */
  | { readonly kind: "unmovable"; readonly user: string }
  | { readonly kind: "unseen" };

/** A right to read that the manager lacks. */
export interface MissingRight {
  /** The name of the folder. */
  readonly name: string;
  /** The user who can give the right; absent where several are spoken of. */
  readonly owner?: string;
  /** The manager is in the folder's group: that the group may read is enough. */
  readonly isGroups: boolean;
}

/** The result of one look at an arriving folder. */
export interface ArrivalLook {
  /** Delivered whole: it holds `QM_READY`, or it was renamed here from a temporary name. */
  readonly deliveredWhole: boolean;
  readonly entries: number;
  readonly copyInProgress?: string;
}

/** Judges an arriving folder; an empty one is somebody's "New folder" and waits for its content. */
export function readinessOf(
  look: ArrivalLook,
  watch: ArrivalWatch,
  settleSeconds: number,
  nowMs: number,
): Readiness {
  if (look.deliveredWhole) return { kind: "ready" };
  if (look.entries === 0) return { kind: "empty" };
  if (look.copyInProgress !== undefined) return { kind: "copying", temporaryName: look.copyInProgress };
  const neededSeconds = quietNeededMs(watch, settleSeconds) / 1000;
  const quietSeconds = (nowMs - watch.lastChangeMs) / 1000;
  if (!isSettled(watch, settleSeconds, nowMs)) return { kind: "settling", quietSeconds, neededSeconds };
  return { kind: "ready", wholeSeconds: quietSeconds - neededSeconds };
}

/** The reason why a folder is still arriving, in plain words. */
export function describeReadiness(readiness: Readiness): string {
  switch (readiness.kind) {
    case "ready":
      return "arrived whole";
    case "settling":
      return `still arriving: unchanged for ${readiness.quietSeconds.toFixed(0)} s of ${readiness.neededSeconds.toFixed(0)} s`;
    case "copying":
      return `still being copied: ${describeUnfinished(readiness.temporaryName)} (put a file QM_READY into the folder if it is whole)`;
    case "empty":
      return "an empty folder: waiting for its files";
    case "unreadable":
      return describeUnreadable(readiness);
    case "mount_point":
      return "another file system is mounted there, and a mount point cannot be moved: copy what is on it into a folder of the queue, or unmount it (umount)";
    case "unmovable":
      return `whole; the manager (user ${readiness.user}) may not move it and is about to copy it in`;
    case "unseen":
      return "just seen";
  }
}

function describeUnreadable({ why, part, denied }: Extract<Readiness, { kind: "unreadable" }>): string {
  const what = part === undefined ? "it" : `«${part}» in it`;
  const mend = denied === undefined ? "" : `: ${describeMend(denied)}`;
  return `the manager cannot read ${what}: ${why}${mend}`;
}

function describeMend({ name, owner, isGroups }: MissingRight): string {
  const who = owner === undefined ? "its owner" : `its owner (${owner})`;
  const [share, rights] = isGroups ? ["share it with the group", "g+rX"] : ["let everybody read it", "a+rX"];
  return `${who} can ${share}, in a file manager with all that is in it, or by chmod -R ${rights} ${quoteForShell(name)}`;
}

function describeUnfinished(relative: string): string {
  const copier = copierOf(relative.slice(relative.lastIndexOf("/") + 1));
  return `«${relative}» has the name of an unfinished file, as given by ${copier ?? "Unfinished_Names"}`;
}
