import type { Occurrence } from "./occurrences.ts";
import { clockText, dayText, MINUTE_MS } from "./wall.ts";
import type { Zone } from "./zone.ts";

/** The job name of an occurrence: `NAME-2026-11-30T0230`, or `NAME-2026-10-25T0230+0200` where the clock shows that time twice. */
export function occurrenceName(name: string, { dueMs, wall }: Occurrence, zone: Zone): string {
  const offset = zone.isTwice(wall) ? offsetText(wall - dueMs) : "";
  return `${name}-${dayText(wall)}T${clockText(wall).replace(":", "")}${offset}`;
}

/** The job name of a run by hand: `NAME-run-2026-11-30T120015`. */
export function manualRunName(name: string, ms: number, zone: Zone): string {
  const [day, clock = ""] = new Date(zone.wallAt(ms)).toISOString().split("T");
  return `${name}-run-${day}T${clock.slice(0, 8).replaceAll(":", "")}`;
}

/** `+0200`; for an interval that begins within a minute, by the minute. */
function offsetText(aheadMs: number): string {
  const minutes = Math.round(Math.abs(aheadMs) / MINUTE_MS);
  const digits = `${Math.floor(minutes / 60)}`.padStart(2, "0") + `${minutes % 60}`.padStart(2, "0");
  return `${aheadMs < 0 ? "-" : "+"}${digits}`;
}
