import { formatDuration } from "../../core/duration.ts";
import { localTime, wallClock } from "../../core/local-time.ts";

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

/** A time that is only guessed, in words without false precision: `about 45 min`. */
export function roughly(seconds: number): string {
  const grain = seconds < 60 ? 1 : seconds < 600 ? 10 : 60;
  return `about ${formatDuration(Math.max(1, Math.round(seconds / grain) * grain))}`;
}

/** The server's time zone in words: `Europe/Paris, UTC+01:00`. */
export function zoneName(nowMs: number): string {
  const { offset } = wallClock(new Date(nowMs));
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === "UTC" ? "UTC" : `${name}, UTC${offset}`;
}
