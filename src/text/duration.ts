const SECONDS = { d: 86_400, h: 3_600, min: 60, s: 1 } as const;

const MINUTES = /^\d{1,9}$/;
const CLOCK = /^(?:(\d{1,6})-)?(\d{1,6}):(\d{1,2}):(\d{1,2})$/;
const UNITS =
  /^(?:(\d{1,9})\s*d)?\s*(?:(\d{1,9})\s*h)?\s*(?:(\d{1,9})\s*m(?:in)?)?\s*(?:(\d{1,9}(?:\.\d{1,3})?)\s*s)?$/i;

/** Longer texts are no durations, and would keep the patterns busy. */
const MAX_LENGTH = 60;

/**
 * Seconds from `90` (minutes), `2h30m`, `45s`, `1.5s`, `1d2h`, `1:30:00` (hours) or `2-12:00:00` (days, hours), as batch
 * systems write time limits; also reads back what `formatDuration` writes. `undefined` for any other text.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > MAX_LENGTH) return undefined;
  if (MINUTES.test(trimmed)) return Number(trimmed) * SECONDS.min;
  return clockSeconds(trimmed) ?? unitSeconds(trimmed);
}

function clockSeconds(text: string): number | undefined {
  const found = CLOCK.exec(text);
  if (found === null) return undefined;
  const [, days, hours, minutes, seconds] = found;
  const fits = Number(minutes) < 60 && Number(seconds) < 60 && (days === undefined || Number(hours) < 24);
  return fits ? sum(days, hours, minutes, seconds) : undefined;
}

function unitSeconds(text: string): number | undefined {
  const found = UNITS.exec(text);
  return found === null ? undefined : sum(found[1], found[2], found[3], found[4]);
}

function sum(days = "0", hours = "0", minutes = "0", seconds = "0"): number {
  return (
    Number(days) * SECONDS.d + Number(hours) * SECONDS.h + Number(minutes) * SECONDS.min + Number(seconds)
  );
}

/** The two largest units of a time in seconds: `3 h 12 min`, `2 d 4 h`, `12 min`, `45 s`; tenths below 1 s. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.round(Math.max(0, seconds) * 10) / 10} s`;
  let left = Math.round(seconds);
  const counts = Object.entries(SECONDS).map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return { unit, count };
  });
  const largest = counts.findIndex(({ count }) => count > 0);
  return counts
    .slice(largest, largest + 2)
    .filter(({ count }) => count > 0)
    .map(({ unit, count }) => `${count} ${unit}`)
    .join(" ");
}

/** As {@link formatDuration}; undefined stays undefined. */
export function formatKnownDuration(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatDuration(seconds);
}
