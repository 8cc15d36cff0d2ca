import { formatDuration } from "../../text/duration.ts";

/** A whole number with its thousands apart: `12,345`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** Processor hours as a sentence or a table tells them. */
export function hoursText(hours: number): string {
  if (hours > 0 && hours < 0.005) return "less than 0.01";
  const digits = hours >= 100 ? 0 : hours >= 10 ? 1 : 2;
  return hours.toLocaleString("en", { maximumFractionDigits: digits });
}

/** A number in the four or five characters that there is room for above a column: `1.2`, `345`, `12k`. */
export function shortAmount(amount: number): string {
  if (amount >= 1e6) return `${trimmed(amount / 1e6)}M`;
  if (amount >= 10_000) return `${Math.round(amount / 1000)}k`;
  return amount >= 100 ? String(Math.round(amount)) : trimmed(amount);
}

/** A time in seconds likewise, in its largest unit: `45s`, `12m`, `3.5h`, `2d`. */
export function shortTime(seconds: number): string {
  if (seconds >= 86_400) return `${trimmed(seconds / 86_400)}d`;
  if (seconds >= 3600) return `${trimmed(seconds / 3600)}h`;
  return seconds >= 60 ? `${Math.round(seconds / 60)}m` : `${trimmed(seconds)}s`;
}

/** A number beside an axis, with as many digits as its steps take. */
export function tickAmount(amount: number, step: number): string {
  return amount === 0 || step >= 0.1 ? shortAmount(amount) : amount.toFixed(digitsOf(step));
}

/** A time in seconds likewise: `0.25 s`, `20 min`. */
export function tickTime(seconds: number, step: number): string {
  if (seconds === 0) return "0";
  return step < 1 ? `${seconds.toFixed(digitsOf(step))} s` : formatDuration(seconds);
}

function digitsOf(step: number): number {
  return Math.ceil(-Math.log10(step) - 1e-9);
}

// One digit behind the point where there is but one before it; less than a tenth is told to its first digit.
function trimmed(amount: number): string {
  if (amount < 0.095) return String(Number(Number(amount.toPrecision(1)).toFixed(3)));
  return amount < 9.95 ? String(Number(amount.toFixed(1))) : String(Math.round(amount));
}
