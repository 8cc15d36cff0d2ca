import type { TextLine } from "../../text/terminal-line.ts";
import type { LogPlace } from "./log-place.ts";

/** What a follower of a log is told. */
export type LogEvent =
  | {
      readonly kind: "lines";
      /** Completed since; the first of them takes the place of the unfinished line told before. */
      readonly lines: readonly TextLine[];
      /** The unfinished line as it stands now. */
      readonly partial: TextLine;
      /** Where to begin again who has seen `lines`. */
      readonly place: LogPlace;
    }
  /** The log grew faster than it is read: so many bytes are left out before the next lines. */
  | { readonly kind: "skipped"; readonly bytes: number }
  /** Another log has begun: forget all lines. */
  | { readonly kind: "reset" }
  /** The job has ended, and all of its log has been told. */
  | { readonly kind: "end" };

/** Gets a log's events as it grows. */
export type Follower = (event: LogEvent) => void;
