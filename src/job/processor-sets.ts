/** Above every processor id that a kernel knows; keeps a mistyped range from filling the memory. */
const MAX_ID = 65_535;

/**
 * The `count` lowest processors of the pool that nobody has taken, ascending; undefined when there are not enough, or the pool
 * does not have one for each of the `max` that may be granted in all.
 * The pool is what this process may use, which need not begin at 0 nor be without gaps.
 */
export function grantProcessors(
  pool: readonly number[],
  max: number,
  taken: ReadonlySet<number>,
  count: number,
): readonly number[] | undefined {
  const free = sortedIds(pool.filter((id) => !taken.has(id)));
  return max > pool.length || free.length < count ? undefined : free.slice(0, count);
}

/**
 * The processors of a list as the Linux kernel and `taskset` write it (`0-3,8`), ascending, each once.
 * Empty text is the empty list; undefined when the text is not such a list.
 */
export function parseProcessorList(text: string): number[] | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  const ranges = trimmed.split(",").map(parseRange);
  return ranges.includes(undefined) ? undefined : sortedIds(ranges.flatMap((range) => range ?? []));
}

/** The list in the same form: `0-2,5`. */
export function formatProcessorList(ids: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const id of sortedIds(ids)) {
    const range = ranges.at(-1);
    if (range?.last === id - 1) range.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

function parseRange(text: string): number[] | undefined {
  const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  if (last < first || last > MAX_ID) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function sortedIds(ids: readonly number[]): number[] {
  return [...new Set(ids)].toSorted((left, right) => left - right);
}
