import leven from "leven";

/** The candidate that `name` is probably a misspelling of: any case, at most a third of its letters (and at least 1) wrong. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  const [best] = ranked;
  if (best === undefined || best.distance > Math.max(1, Math.floor(name.length / 3))) return undefined;
  return best.candidate;
}

/** One letter inserted, removed or replaced, or two neighbours swapped, turns one word into the other. */
export function isOneEditAway(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length === 2 && right.length === 2) return left[0] === right[1] && left[1] === right[0];
  return Math.max(left.length, right.length) === 1;
}
