import { formatDuration } from "../../text/duration.ts";
import { localTime, wallClock } from "../../text/local-time.ts";

/** A moment as a page shows it: how long ago, with the time itself behind it. */
export interface TimeView {
  /** ISO 8601. */
  readonly iso: string;
  readonly absolute: string;
  /** `3 min ago`. */
  readonly relative: string;
}

/** A moment seen from now; undefined where it is unknown. */
export function timeView(moment: string | number | undefined, nowMs: number): TimeView | undefined {
  const ms = typeof moment === "string" ? Date.parse(moment) : (moment ?? 0);
  if (!(ms > 0) || ms > 8.64e15) return undefined;
  const iso = new Date(ms).toISOString();
  return { iso, absolute: localTime(iso) ?? iso, relative: `${spanOf(ms, nowMs)} ago` };
}

/** The time that has passed since a moment, in words. */
export function spanOf(fromMs: number, nowMs: number): string {
  return formatDuration(Math.max(0, (nowMs - fromMs) / 1000));
}

/**
 * The server's clock, as the head of a page shows it and lets it go on: as `13:20:05 (Europe/Paris, UTC+01:00)`, with the minutes
 * by which its zone is before UTC.
 */
export function clockView(nowMs: number) {
  const now = new Date(nowMs);
  const zone = zoneName(now);
  const text = `${now.toLocaleTimeString("en-GB")} (${zone})`;
  return { nowMs, zoneMinutes: -now.getTimezoneOffset(), text, zone };
}

function zoneName(now: Date): string {
  const { offset } = wallClock(now);
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === "UTC" ? "UTC" : `${name}, UTC${offset}`;
}
