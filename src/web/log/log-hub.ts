import { type OpenLog, readAt } from "../../disk/safe-read.ts";
import { firstWholeLine, readOwnLog } from "../../queue/files/job-log.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import type { TextLine } from "../../text/terminal-line.ts";
import { ByteLines } from "./byte-lines.ts";
import type { LogPlace, LogSource } from "./log-place.ts";

/** A log to follow. */
export interface LogSubject {
  /** The job's name: its followers share what is read. */
  readonly name: string;
  /** Tells where the log is now; asked at every look. */
  readonly locate: () => LogSource;
}

interface Followed {
  readonly log: FollowedLog;
  readonly timer: NodeJS.Timeout;
}

/**
 * Follows the logs of jobs for many clients at once. A log is read only while it has followers, once for all
 * of them.
 */
export class LogHub {
  readonly #pollMs: number;
  readonly #maxFollowers: number;
  readonly #followed = new Map<string, Followed>();

  constructor({ pollMs = 500, maxFollowers = 1000 }: { pollMs?: number; maxFollowers?: number } = {}) {
    this.#pollMs = pollMs;
    this.#maxFollowers = maxFollowers;
  }

  get followers(): number {
    let count = 0;
    for (const { log } of this.#followed.values()) count += log.followers;
    return count;
  }

  /** True where no further follower is let in. */
  get isFull(): boolean {
    return this.followers >= this.#maxFollowers;
  }

  /**
   * Tells a follower at once what a log holds beyond `from`, then what is appended, until the job has ended or the
   * function returned is called. Throws what the file system throws at the first look.
   */
  follow(subject: LogSubject, from: LogPlace, follower: Follower): () => void {
    const { log } = this.#followed.get(subject.name) ?? this.#begin(subject);
    try {
      log.add(follower, from);
    } finally {
      this.#endIfAlone(subject.name);
    }
    return () => {
      log.remove(follower);
      this.#endIfAlone(subject.name);
    };
  }

  /** Stops looking; followers are told nothing more. */
  close(): void {
    for (const { timer } of this.#followed.values()) clearInterval(timer);
    this.#followed.clear();
  }

  #begin({ name, locate }: LogSubject): Followed {
    const timer = setInterval(() => this.#poll(name), this.#pollMs).unref();
    const followed = { log: new FollowedLog(locate), timer };
    this.#followed.set(name, followed);
    return followed;
  }

  #poll(name: string): void {
    try {
      this.#followed.get(name)?.log.poll();
    } catch {
      // A failing disk or no handles left: the next look may succeed.
    }
    this.#endIfAlone(name);
  }

  #endIfAlone(name: string): void {
    const followed = this.#followed.get(name);
    if (followed === undefined || followed.log.followers > 0) return;
    clearInterval(followed.timer);
    this.#followed.delete(name);
  }
}

/** The part of the present log that has been read. */
interface Reading {
  readonly identity: string;
  readonly lines: ByteLines;
}

/** One log with all who follow it: what is appended is read once and handed to all. */
class FollowedLog {
  readonly #locate: () => LogSource;
  readonly #followers = new Set<Follower>();
  #reading: Reading | undefined;

  constructor(locate: () => LogSource) {
    this.#locate = locate;
  }

  get followers(): number {
    return this.#followers.size;
  }

  /** Tells a new follower at once what is beyond `from`, and from then on what comes. */
  add(follower: Follower, from: LogPlace): void {
    const { folder, isLive } = this.#locate();
    withLog(folder, (log) => {
      const { lines } = this.#readNew(log);
      // A section of its own up to where all the others are, so that no follower's place matters to another.
      for (const event of beginAt(log, from, lines.nextByte).events) follower(event);
    });
    if (isLive) this.#followers.add(follower);
    else follower({ kind: "end" });
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower);
  }

  /** Tells all followers what is new; after the job's end they are followers no more. */
  poll(): void {
    if (this.#followers.size === 0) return;
    // First, so that all which was written before the end is read.
    const { folder, isLive } = this.#locate();
    withLog(folder, (log) => this.#readNew(log));
    if (isLive) return;
    this.#tell([{ kind: "end" }]);
    this.#followers.clear();
  }

  #readNew(log: OpenLog): Reading {
    const known = this.#reading;
    if (known === undefined || known.identity !== log.identity || log.size < known.lines.nextByte) {
      this.#tell([{ kind: "reset" }]);
      return this.#advance(log, beginAt(log, { byte: 0 }, log.size));
    }
    if (log.size === known.lines.nextByte) return known;
    return this.#advance(log, readSection(log, known.lines, log.size));
  }

  #advance({ identity }: OpenLog, { lines, events }: LogSection): Reading {
    this.#reading = { identity, lines };
    this.#tell(events);
    return this.#reading;
  }

  #tell(events: readonly LogEvent[]): void {
    for (const event of events) for (const follower of this.#followers) follower(event);
  }
}

// Opened anew for every look: a job may put another log in its place, and a thousand logs need no thousand handles.
function withLog(folder: string | undefined, read: (log: OpenLog) => void): void {
  if (folder !== undefined) readOwnLog(folder, JOB_FILES.log, read);
}

/** The most that is read of a log at once, and sent at once. */
const MAX_READ_BYTES = 256 * 1024;

/** Lines up to some byte, and what tells a follower of them. */
interface LogSection {
  readonly lines: ByteLines;
  readonly events: readonly LogEvent[];
}

/** Reads a log from a place that a follower has come to, up to a byte; from its start where the place is in another log. */
function beginAt(log: OpenLog, from: LogPlace, endByte: number): LogSection {
  const isElsewhere = from.byte > endByte || (from.identity ?? log.identity) !== log.identity;
  const section = readSection(log, new ByteLines(isElsewhere ? 0 : from.byte), endByte);
  return isElsewhere ? { ...section, events: [{ kind: "reset" }, ...section.events] } : section;
}

/** Reads on behind lines up to a byte; where that is too far, only the end of it. */
function readSection(log: OpenLog, lines: ByteLines, endByte: number): LogSection {
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

/** An event that a follower of a log is told. */
export type LogEvent =
  | {
      readonly kind: "lines";
      /** Completed since; the first of them takes the place of the unfinished line told before. */
      readonly lines: readonly TextLine[];
      /** The unfinished line as it stands now. */
      readonly partial: TextLine;
      /** The place at which a follower goes on who has seen `lines`. */
      readonly place: LogPlace;
    }
  /** The log grew faster than it is read: so many bytes are left out before the next lines. */
  | { readonly kind: "skipped"; readonly bytes: number }
  /** Another log has begun: forget all lines. */
  | { readonly kind: "reset" }
  /** The job has ended, and all of its log has been told. */
  | { readonly kind: "end" };

/** Gets a log's events as it grows. */
type Follower = (event: LogEvent) => void;
