import os from "node:os";
import { currentBootId } from "../disk/machine.ts";
import type { RunEvidence, UnstartedEvidence } from "../plan/run-state.ts";
import { mayHaveSpawnedBefore, spawnedIn } from "../queue/attempts/attempt-marks.ts";
import type { Attempt } from "../queue/attempts/attempts.ts";
import type { AttemptMemory } from "./attempt-memory.ts";
import { readExit, readStart, type StartRecord } from "./process/attempt-records.ts";
import { currentPidNamespace, type ProcessIdentity, statOf, uptimeAtStart } from "./process/identity.ts";
import { isAttemptHeld, seenFromHere } from "./process/job-tree.ts";
import type { ProcessStat } from "./process/process-stat.ts";
import { readProcessTable } from "./process/process-table.ts";

type Started = Extract<StartRecord, { readonly kind: "started" }>;

/** An attempt as it is seen from this machine. */
export interface Seen {
  /** As its processes are numbered here; absent until one has started. */
  readonly shim?: ProcessIdentity;
  /** False for a shim of another PID namespace. */
  readonly isOurs: boolean;
  readonly evidence: RunEvidence;
}

/** Reads the evidence of an attempt in its records and in the process table. Throws where a record is there and cannot be read. */
export function seeAttempt(attempt: Attempt, memory: AttemptMemory): Seen {
  const start = startOf(attempt, memory);
  if (start.kind === "started") return seeShim(start, attempt, memory);
  return { isOurs: true, evidence: lookAtClaim(attempt, start.kind, memory) };
}

// A whole one never changes.
function startOf({ launch, folder }: Attempt, { starts }: AttemptMemory): StartRecord {
  const start = starts.get(launch.runId) ?? readStart(folder);
  if (start.kind === "started") starts.set(launch.runId, start);
  return start;
}

// The mark and the holders are looked at after `start` was read, and only where they decide anything.
function lookAtClaim(
  { folder, launch, verified }: Attempt,
  start: UnstartedEvidence["start"],
  { pendingShims }: AttemptMemory,
): UnstartedEvidence {
  return {
    kind: "unstarted",
    start,
    spawnedBefore:
      start !== "revoked" &&
      launch.bootId !== currentBootId() &&
      mayHaveSpawnedBefore(folder, currentBootId()),
    attemptHeld: start === "incomplete" && isAttemptHeld(readProcessTable(), folder),
    shimPending: pendingShims.has(launch.runId),
    verified,
    claimedAtMs: launch.claimedAtMs,
  };
}

// In another PID namespace than ours the shim's number is another process's, or nobody's.
function seeShim(
  { shim: written, startedAtMs }: Started,
  { folder, launch }: Attempt,
  memory: AttemptMemory,
): Seen {
  const found = statOf(written);
  const isOurs = found !== undefined || memory.shimSpawned.has(launch.runId) || isOfOurNamespace(folder);
  const shim = isOurs ? written : seenFromHere(written, folder);
  const stat = isOurs ? found : statOf(shim);
  return { shim, isOurs, evidence: { kind: "started", startedAtMs, ...shimEvidence(shim, stat, folder) } };
}

function isOfOurNamespace(folder: string): boolean {
  return (spawnedIn(folder) ?? currentPidNamespace()) === currentPidNamespace();
}

// Liveness first, then the exit record: a shim that ends between the two has left its record by then.
function shimEvidence(shim: ProcessIdentity, stat: ProcessStat | undefined, folder: string) {
  return {
    shim: stat === undefined ? ("gone" as const) : stat.stopped ? ("stopped" as const) : ("lives" as const),
    exit: readExit(folder),
    startedAtUptimeSeconds: uptimeAtStart(shim),
    uptimeSeconds: os.uptime(),
  };
}
