import fs from "node:fs";
import path from "node:path";
import { codeOrText, ifThere } from "../disk/error-code.ts";
import { openFile } from "../disk/open-file.ts";

/** When a log is put aside, and how many of those are kept (`log.1` is the newest). */
export interface LogLimits {
  readonly maxBytes: number;
  readonly keep: number;
}

/** A file that lines are appended to; what cannot be written is counted and told of later. */
export interface LogFile {
  append(line: string, limits: LogLimits): void;
}

/**
 * A log file, its folder made if missing. It is opened for each line, so that a file or a folder that is moved
 * away, deleted or put back is no matter; a folder that vanishes later is not made again, as it may be a mount.
 * @param noteLost the line to write first after lines were lost, told their number and why
 */
export function openLogFile(file: string, noteLost: (lost: number, reason: string) => string): LogFile {
  attempt(() => fs.mkdirSync(path.dirname(file), { recursive: true }));
  let lost = 0;
  let reason = "";
  return {
    append(line, limits) {
      try {
        appendRotating(file, lost > 0 ? noteLost(lost, reason) + line : line, limits);
        lost = 0;
      } catch (error) {
        lost += 1;
        reason = codeOrText(error);
      }
    },
  };
}

/** Writes to stderr at once; a closed or clogged stderr loses the line and nothing else. */
export function writeToStderr(line: string): void {
  attempt(() => fs.writeSync(2, line));
}

function appendRotating(file: string, text: string, limits: LogLimits): void {
  const bytes = Buffer.from(text, "utf8");
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  // A log that cannot be put aside grows on: better than no log.
  if (size > 0 && size + bytes.length > limits.maxBytes) attempt(() => rotate(file, limits.keep));
  appendWhole(file, bytes);
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = fs.constants;

/** Appends all bytes or none; O_NONBLOCK, so that a FIFO in the file's place cannot stop the manager. */
function appendWhole(file: string, bytes: Buffer): void {
  using log = openFile(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o644);
  writeWhole(log.handle, bytes);
}

function writeWhole(handle: number, bytes: Buffer): void {
  const { size } = fs.fstatSync(handle);
  try {
    for (let written = 0; written < bytes.length; ) written += fs.writeSync(handle, bytes, written);
  } catch (error) {
    attempt(() => fs.ftruncateSync(handle, size));
    throw error;
  }
}

// From the oldest on, so that a crash in between leaves a gap in the numbers and loses nothing.
function rotate(file: string, keep: number): void {
  for (let number = keep - 1; number >= 1; number -= 1)
    renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
  fs.renameSync(file, `${file}.1`);
  for (const name of fs.readdirSync(path.dirname(file))) {
    if (numberOf(name, path.basename(file)) > keep) fs.rmSync(path.join(path.dirname(file), name));
  }
}

function renameIfThere(from: string, to: string): void {
  ifThere(() => fs.renameSync(from, to));
}

/** The number of a log put aside; 0 for any other name. */
function numberOf(name: string, log: string): number {
  const ending = name.startsWith(`${log}.`) ? name.slice(log.length + 1) : "";
  return /^[1-9]\d*$/.test(ending) ? Number(ending) : 0;
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // The log must not stop what it reports on.
  }
}
