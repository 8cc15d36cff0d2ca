import type { Report, ReportedAttempt } from "../../../src/queue/workers/report.ts";

/** A report of a worker that runs nothing. */
export function reportOf(changes: Partial<Report> = {}): Report {
  return {
    version: 1,
    worker: "lab2",
    instance: "first",
    machineId: "machine-2",
    host: "lab2.lab.org",
    bootId: "00000000-0000-0000-0000-000000000002",
    sequence: 1,
    state: "works",
    offer: { processors: 4, pools: [], labels: [], onlyNamed: false, os: "linux", memoryBytes: 8e9 },
    program: "1.0.0",
    writtenAt: "2026-11-30T14:02:00.000Z",
    attempts: {},
    ...changes,
  };
}

/** A running attempt in a report. */
export function runningAttempt(changes: Partial<ReportedAttempt> = {}): ReportedAttempt {
  return {
    evidence: {
      kind: "started",
      startedAtMs: 1_000_000,
      startedAtUptimeSeconds: 10,
      shim: "lives",
      exit: { kind: "none" },
      uptimeSeconds: 20,
    },
    leftProcesses: 0,
    ...changes,
  };
}
