/** A whole number with its thousands apart: `12,345`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** Processor hours as a sentence or a table tells them. */
export function hoursText(hours: number): string {
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
  return seconds >= 60 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds)}s`;
}

// One digit behind the point where there is but one before it.
function trimmed(amount: number): string {
  return amount < 9.95 ? String(Number(amount.toFixed(1))) : String(Math.round(amount));
}
