import type { JobRecord, RecordState } from "../../src/job/record.ts";
import type { Evidence, FoundFolder, TakenLetter } from "./evidence.ts";
import type { OwnEnd } from "./job-kinds.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Told } from "./told.ts";

/** The jobs of the evidence, one of each kind that matters to the audit. */
export const ID = {
  done: 1,
  redone: 2,
  lost: 3,
  invalid: 4,
  withdrawn: 5,
  timedOut: 6,
  deleted: 7,
  refusedLetter: 8,
  silent: 9,
} as const;

/** Evidence in which everything fits together. */
export function healthyEvidence(): Evidence {
  return {
    jobs: [
      entry(ID.done, "done", 0),
      entry(ID.redone, "failed", 3, { redone: ["run-2a"] }),
      entry(ID.lost, "lost", 0),
      entry(ID.invalid, "invalid", 0, { mailTo: [] }),
      entry(ID.withdrawn, "done", 0, { isKillAsked: true }),
      entry(ID.timedOut, "timed_out", 0),
      entry(ID.deleted, "done", 0, { deletedAfter: "run-7", mailOn: "fail" }),
      entry(ID.refusedLetter, "done", 0, { mailTo: [`job${ID.refusedLetter}@nowhere.org`] }),
      entry(ID.silent, "failed", 127, { isSilent: true, mailOn: "none" }),
    ],
    seenRuns: new Map([
      ["run-4", ID.invalid],
      ["run-5", ID.withdrawn],
    ]),
    folders: [
      folder(ID.done, "run-1", "done"),
      folder(ID.redone, "run-2b", "failed"),
      folder(ID.lost, "run-3", "lost"),
      folder(ID.invalid, "run-4", "invalid"),
      folder(ID.withdrawn, "run-5", "killed"),
      folder(ID.timedOut, "run-6", "timed_out"),
      folder(ID.refusedLetter, "run-8", "done"),
      folder(ID.silent, "run-9", "failed"),
    ],
    history: [
      lineOf(ID.done, "run-1", "done", 0),
      lineOf(ID.redone, "run-2a", "failed", 3),
      lineOf(ID.redone, "run-2b", "failed", 3),
      lineOf(ID.lost, "run-3", "lost"),
      { ...lineOf(ID.invalid, "run-4", "invalid"), description: "", mailTo: [] },
      withdrawnLine(),
      lineOf(ID.timedOut, "run-6", "timed_out"),
      lineOf(ID.deleted, "run-7", "done", 0),
      { ...lineOf(ID.refusedLetter, "run-8", "done", 0), mailTo: ["job8@nowhere.org"] },
      lineOf(ID.silent, "run-9", "failed", 127),
    ],
    strangeLines: [],
    told: [
      start(ID.done, "run-1", 1),
      start(ID.refusedLetter, "run-8", 2),
      stop(ID.refusedLetter, "run-8", 3, 0),
      stop(ID.done, "run-1", 4, 0),
      start(ID.redone, "run-2a", 10),
      stop(ID.redone, "run-2a", 11, 3),
      { ...start(ID.redone, "run-2b", 12), attempt: 2 },
      stop(ID.redone, "run-2b", 13, 3),
      start(ID.lost, "run-3", 30),
      start(ID.timedOut, "run-6", 30),
      start(ID.deleted, "run-7", 30),
      stop(ID.deleted, "run-7", 31, 0),
    ],
    letters: [
      letterTo(ID.done, "done", "<1>"),
      letterTo(ID.redone, "failed", "<2a>"),
      letterTo(ID.redone, "failed", "<2b>"),
      letterTo(ID.lost, "lost", "<3>"),
      { ...letterTo(ID.lost, "lost", "<3-admin>"), to: ["admin@lab.org"] },
      { ...letterTo(ID.invalid, "invalid", "<4-admin>"), to: ["admin@lab.org"] },
      letterTo(ID.timedOut, "timed_out", "<6>"),
    ],
    refusedLetters: [{ address: "job8@nowhere.org", messageId: "<8>", outcome: "done" }],
    allowed: [{ sinceUptimeSeconds: 0, processors: 4 }],
    bootedAtMs: BOOTED_AT_MS,
    leftovers: [],
  };
}

const BOOTED_AT_MS = Date.parse("2026-11-22T00:00:00Z");

/** A record of an end, twenty seconds after boot. */
export function lineOf(id: number, runId: string, state: RecordState, exitCode?: number): JobRecord {
  return {
    version: 1,
    name: nameOf(id),
    runId,
    attempt: 1,
    state,
    reason: "",
    owner: `job${id}@lab.org`,
    description: `soak ${id}`,
    mailTo: [`job${id}@lab.org`],
    worker: "here",
    host: "here",
    startedAt: new Date(BOOTED_AT_MS).toISOString(),
    finishedAt: new Date(BOOTED_AT_MS + 20_000).toISOString(),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

// Taken out of the queue before anybody had read what it wants.
function withdrawnLine(): JobRecord {
  const { startedAt: _, ...line } = lineOf(ID.withdrawn, "run-5", "killed");
  return { ...line, description: "", mailTo: [] };
}

/** The line that a script writes when it starts. */
export function start(id: number, runId: string, uptimeSeconds: number): Told {
  return { word: "start", id, runId, attempt: 1, processors: 1, uptimeSeconds };
}

/** A letter to a job's owner. */
export function letterTo(id: number, outcome: string, messageId: string): TakenLetter {
  return { to: [`job${id}@lab.org`], messageId, job: nameOf(id), outcome };
}

function stop(id: number, runId: string, uptimeSeconds: number, exitCode: number): Told {
  return { ...start(id, runId, uptimeSeconds), word: "stop", exitCode };
}

function folder(id: number, runId: string, state: RecordState): FoundFolder {
  const stage = state === "lost" || state === "invalid" ? "lost" : "finished";
  return { stage, name: nameOf(id), id, record: lineOf(id, runId, state), requests: [] };
}

function entry(id: number, end: OwnEnd, exitCode: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    id,
    kind: "made up",
    name: nameOf(id),
    end,
    exitCode,
    isSilent: false,
    mailTo: [`job${id}@lab.org`],
    mailOn: undefined,
    isDelivered: true,
    wasHalting: false,
    isMended: false,
    isKillAsked: false,
    isSupervisorKilled: false,
    redone: [],
    deletedAfter: undefined,
    ...changes,
  };
}

function nameOf(id: number): string {
  return `run @${id}@`;
}
