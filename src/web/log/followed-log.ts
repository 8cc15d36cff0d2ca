import fs from "node:fs";
import type { OpenLog } from "../../disk/open-log.ts";
import { openOwnLog } from "../../queue/files/open-shown-log.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import type { ByteLines } from "./byte-lines.ts";
import type { Follower, LogEvent } from "./log-event.ts";
import type { LogPlace } from "./log-place.ts";
import { beginAt, type LogSection, readSection } from "./log-section.ts";
import type { LogSource } from "./log-source.ts";

/** What has been read of the log that is there. */
interface Reading {
  readonly identity: string;
  readonly lines: ByteLines;
}

/** One log with all who follow it: what is appended is read once and handed to all. */
export class FollowedLog {
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
  const log = folder === undefined ? undefined : openOwnLog(folder, JOB_FILES.log);
  if (log === undefined) return;
  try {
    read(log);
  } finally {
    fs.closeSync(log.handle);
  }
}
