import { formatDuration } from "../../text/duration.ts";

/** Seconds since an ISO 8601 time, never negative. */
export function secondsSince(iso: string): number {
  return Math.max(0, (Date.now() - Date.parse(iso)) / 1000);
}

/** `3 min ago`, `2 d 4 h ago`. */
export function ago(iso: string): string {
  return `${formatDuration(secondsSince(iso))} ago`;
}
