/** A size as people read it: `1 byte`, `640 bytes`, `12.3 kB`, `4.0 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return "1 byte";
  const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

/** `1 job`, `2 jobs`; `many` where it is not `one` with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** As many as a person reads at a glance. */
const FEW = 5;

/** The first few, and how many more there are: `lab1, lab2 and 7 more`. */
export function listedFew(items: readonly string[], between = ", "): string {
  const more = items.length - FEW;
  const shown = items.slice(0, FEW).join(between);
  return more <= 0 ? shown : `${shown} and ${more} more`;
}

/** Processors that a job wants, with what they are lowered to where there are not so many: `100, lowered to 2`. */
export function wantedProcessors(wanted: number, max = Number.POSITIVE_INFINITY): string {
  return wanted > max ? `${wanted}, lowered to ${max}` : String(wanted);
}
