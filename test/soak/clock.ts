import fs from "node:fs";

/** Seconds since boot, on the clock by which the jobs' scripts tell. */
export function uptimeSeconds(): number {
  return Number.parseFloat(fs.readFileSync("/proc/uptime", "utf8"));
}

/** Milliseconds since 1970 when the clock since boot stood at zero. */
export function bootedAtMs(): number {
  return Date.now() - uptimeSeconds() * 1000;
}

/** The middle one of some numbers; not a number for none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
