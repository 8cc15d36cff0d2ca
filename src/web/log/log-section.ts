import type { OpenLog } from "../../disk/open-log.ts";
import { firstWholeLine, readAt } from "../../queue/files/log-lines.ts";
import { ByteLines } from "./byte-lines.ts";
import type { LogEvent } from "./log-event.ts";
import type { LogPlace } from "./log-place.ts";

/** The most that is read of a log at once, and sent at once. */
const MAX_READ_BYTES = 256 * 1024;

/** Lines up to some byte, and what tells a follower of them. */
export interface LogSection {
  readonly lines: ByteLines;
  readonly events: readonly LogEvent[];
}

/** Reads a log from a place that a follower has come to, up to a byte; from its start where the place is in another log. */
export function beginAt(log: OpenLog, from: LogPlace, endByte: number): LogSection {
  const isElsewhere = from.byte > endByte || (from.identity ?? log.identity) !== log.identity;
  const section = readSection(log, new ByteLines(isElsewhere ? 0 : from.byte), endByte);
  return isElsewhere ? { ...section, events: [{ kind: "reset" }, ...section.events] } : section;
}

/** Reads on behind lines up to a byte; where that is too far, only the end of it. */
export function readSection(log: OpenLog, lines: ByteLines, endByte: number): LogSection {
  if (endByte - lines.nextByte > MAX_READ_BYTES) return skipAhead(log, lines.nextByte, endByte);
  const bytes = readAt(log.handle, lines.nextByte, endByte - lines.nextByte);
  return { lines, events: [linesEvent(log, lines, bytes)] };
}

function skipAhead(log: OpenLog, nextByte: number, endByte: number): LogSection {
  const windowByte = endByte - MAX_READ_BYTES;
  const bytes = readAt(log.handle, windowByte, MAX_READ_BYTES);
  const start = firstWholeLine(bytes);
  const lines = new ByteLines(windowByte + start);
  const skipped: LogEvent = { kind: "skipped", bytes: windowByte + start - nextByte };
  return { lines, events: [skipped, linesEvent(log, lines, bytes.subarray(start))] };
}

function linesEvent({ identity }: OpenLog, lines: ByteLines, bytes: Buffer): LogEvent {
  const completed = lines.push(bytes);
  const { unfinished: partial, resumeByte } = lines;
  return { kind: "lines", lines: completed, partial, place: { byte: resumeByte, identity } };
}
