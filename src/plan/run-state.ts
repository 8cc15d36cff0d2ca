import type { ClaimStart, Exited, RunState } from "./snapshot.ts";

/** The evidence of one attempt in its records and processes, before any of it is judged. */
export type RunEvidence = UnstartedEvidence | StartedEvidence;

/** There is no whole `start`. */
export interface UnstartedEvidence {
  readonly kind: "unstarted";
  /** `incomplete`: without its closing word. */
  readonly start: "none" | "incomplete" | "revoked";
  /** Some process holds the attempt's `alive` open; asked only of an incomplete start, after that was read. */
  readonly attemptHeld: boolean;
  /** A shim may have been spawned before the machine was last started; not asked of a revoked start. */
  readonly spawnedBefore: boolean;
  /** A shim of this manager is under way. */
  readonly shimPending: boolean;
  readonly verified: boolean;
  readonly claimedAtMs: number;
}

/** A shim has passed. */
export interface StartedEvidence {
  readonly kind: "started";
  readonly startedAtMs: number;
  /** Seconds since boot, as `uptimeSeconds`: the clock that nobody sets. */
  readonly startedAtUptimeSeconds: number;
  /** Looked at before the exit record was read: a shim that ends between the two has left its record by then. */
  readonly shim: "gone" | "lives" | "stopped";
  readonly exit: ExitRecord;
  readonly uptimeSeconds: number;
}

/** The exit record of an attempt. */
export type ExitRecord =
  | { readonly kind: "none" }
  /** The command has ended: just being written, or on a disk that has no room for it. */
  | { readonly kind: "incomplete" }
  | Exited;

/** The state of a run; its precedence of signs is what the crash table of PROTOCOL.md rests on. */
export function runStateOf(evidence: RunEvidence): RunState {
  return evidence.kind === "started" ? startedState(evidence) : unstartedState(evidence);
}

function unstartedState(evidence: UnstartedEvidence): RunState {
  const { start, spawnedBefore, attemptHeld, shimPending, verified } = evidence;
  // A power cut takes what was not synced: a shim may have started, and its record be gone or torn.
  if (start !== "revoked" && spawnedBefore) return { kind: "vanished", startedAtMs: evidence.claimedAtMs };
  // An incomplete start is still being written while somebody holds the attempt open.
  const isWriting = start === "incomplete" && attemptHeld;
  return {
    kind: "claimed",
    verified,
    shimPending: isWriting || shimPending,
    start: claimStartOf(start, isWriting),
  };
}

function claimStartOf(start: UnstartedEvidence["start"], isWriting: boolean): ClaimStart {
  if (start === "incomplete") return isWriting ? "none" : "dead";
  return start;
}

// The exit record comes first: with it, whether the shim still lives does not matter.
function startedState(evidence: StartedEvidence): RunState {
  const { exit, shim, startedAtMs, startedAtUptimeSeconds, uptimeSeconds } = evidence;
  if (exit.kind === "exited") return { ...exit, startedAtMs, ranSeconds: ranSeconds(evidence, exit) };
  if (shim === "gone") return { kind: "vanished", startedAtMs };
  return {
    kind: "running",
    startedAtMs,
    elapsedSeconds: uptimeSeconds - startedAtUptimeSeconds,
    endUnwritten: exit.kind === "incomplete",
    supervisorStopped: shim === "stopped",
  };
}

// By the clock that nobody sets, where the record has it.
function ranSeconds({ startedAtMs, startedAtUptimeSeconds }: StartedEvidence, exit: Exited): number {
  const seconds =
    exit.endedAtUptimeSeconds === undefined
      ? (exit.endedAtMs - startedAtMs) / 1000
      : exit.endedAtUptimeSeconds - startedAtUptimeSeconds;
  return Math.max(0, Math.round(seconds * 100) / 100);
}
