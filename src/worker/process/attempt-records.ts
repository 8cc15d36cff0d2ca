import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { errorCode } from "../../disk/error-code.ts";
import { readRecordBytes, readRegularFile } from "../../disk/safe-read.ts";
import type { ExitRecord } from "../../plan/run-state.ts";
import type { ProcessIdentity } from "./identity.ts";
import type { JobSession } from "./job-tree.ts";

/** The content of an attempt's `start`. `incomplete` and `revoked` prove that the command has not run. */
export type StartRecord =
  | { readonly kind: "none" }
  /** Just being written, or left by a shim that died (or met a full disk) before it launched anything. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "revoked" }
  | { readonly kind: "started"; readonly shim: ProcessIdentity; readonly startedAtMs: number };

const MAX_RECORD_BYTES = 4096;
const REVOKED = "revoked end\n";

const STARTED = /^([0-9a-f-]+) (\d+) (\d+) end\n$/;
const EXITED = /^(\d+) (\d+) ?([\d.]*)\n.*\n(.*)\nend\n\s*$/;
const CPU_TIMES = /^(\d+)m([\d.,]+)s (\d+)m([\d.,]+)s$/;

// If a number has two names (SIGABRT, SIGIOT), the usual one comes first in the list; a map keeps the last.
const SIGNAL_NAMES = new Map<number, string>(
  Object.entries(os.constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);

/** The start of an attempt, and by which shim. Throws when the record is there and cannot be read. */
export function readStart(attemptFolder: string): StartRecord {
  const record = readRecord(path.join(attemptFolder, "start"));
  if (record === undefined) return { kind: "none" };
  if (record.text === REVOKED) return { kind: "revoked" };
  const [, bootId, pid, startTicks] = STARTED.exec(record.text) ?? [];
  if (bootId === undefined || pid === undefined || startTicks === undefined) return { kind: "incomplete" };
  return { kind: "started", shim: { bootId, pid: Number(pid), startTicks }, startedAtMs: record.writtenAtMs };
}

/** The end of an attempt's command; `incomplete` until the record is whole. Throws when it is there and cannot be read. */
export function readExit(attemptFolder: string): ExitRecord {
  const record = readRecord(path.join(attemptFolder, "exit"));
  const [, code, lateSeconds, uptime, times] = EXITED.exec(record?.text ?? "") ?? [];
  if (record === undefined || isSpare(record.text)) return { kind: "none" };
  if (code === undefined) return { kind: "incomplete" };
  const exitCode = Number(code);
  return {
    kind: "exited",
    exitCode,
    signal: SIGNAL_NAMES.get(exitCode - 128),
    cpuSeconds: cpuSecondsOf(times ?? ""),
    endedAtMs: record.writtenAtMs - Number(lateSeconds) * 1000,
    endedAtUptimeSeconds: uptime ? Number(uptime) : undefined,
  };
}

/**
 * The session that an attempt's command was launched in; undefined where nothing tells, or it could be a later one. For an
 * attempt whose shim lives or has left its exit record. Throws when a record is there and cannot be read.
 * @param exit its exit record, where that was read already
 */
export function readSession(attemptFolder: string, exit = readExit(attemptFolder)): JobSession | undefined {
  const alive = readRegularFile(path.join(attemptFolder, "alive"), MAX_RECORD_BYTES);
  if (alive.kind === "refused" && alive.isTrouble) throw new Error(`alive of ${attemptFolder} ${alive.why}`);
  const [, number] = /^(\d+)\n/.exec(alive.kind === "read" ? alive.bytes.toString("latin1") : "") ?? [];
  if (number === undefined) return undefined;
  const id = Number(number);
  if (exit.kind === "none") return { id };
  // On a full disk the record may stay incomplete for long: nothing tells until when the number was the session's.
  const endedAtUptimeSeconds = exit.kind === "exited" ? exit.endedAtUptimeSeconds : undefined;
  return endedAtUptimeSeconds === undefined ? undefined : { id, endedAtUptimeSeconds };
}

/**
 * Takes the place of a start, so that no shim can pass any more; false when there is a start already.
 * Throws what the file system throws where the record can neither be made nor is there.
 */
export function revokeStart(attemptFolder: string): boolean {
  const start = path.join(attemptFolder, "start");
  const handle = createExclusively(start);
  if (handle === undefined) return false;
  try {
    fs.writeFileSync(handle, REVOKED);
    return true;
  } catch (error) {
    // On a full disk it would neither be a start nor say that it is none.
    fs.rmSync(start, { force: true });
    throw error;
  } finally {
    fs.closeSync(handle);
  }
}

function createExclusively(file: string): number | undefined {
  try {
    return fs.openSync(file, "wx", 0o600);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return undefined;
    throw error;
  }
}

/**
 * Removes a start that a dead shim left incomplete, so that another shim can pass. The caller has seen that nobody holds
 * the attempt open; a start that is whole, or was revoked, stays.
 */
export function removeDeadStart(attemptFolder: string): void {
  if (readStart(attemptFolder).kind === "incomplete") fs.rmSync(path.join(attemptFolder, "start"));
}

// Made of blanks beforehand, to be written over.
function isSpare(text: string): boolean {
  return text !== "" && text.trim() === "";
}

// The clock is the file's own, so that the shim needs no `date`.
function readRecord(file: string): { text: string; writtenAtMs: number } | undefined {
  const bytes = readRecordBytes(file, MAX_RECORD_BYTES);
  const stats = bytes && fs.lstatSync(file, { throwIfNoEntry: false });
  return stats && { text: bytes.toString("latin1"), writtenAtMs: stats.mtimeMs };
}

// `times` writes 1m2.340000s; some shells with the comma of the locale.
function cpuSecondsOf(times: string): number | undefined {
  const parts = CPU_TIMES.exec(times)
    ?.slice(1)
    .map((part) => Number(part.replace(",", ".")));
  const [userMinutes = 0, userSeconds = 0, systemMinutes = 0, systemSeconds = 0] = parts ?? [];
  return parts && (userMinutes + systemMinutes) * 60 + userSeconds + systemSeconds;
}
