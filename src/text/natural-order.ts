/** One order for every machine, whatever its language: that of the Unicode Collation Algorithm (UTS 10), numbers as people count. */
const COLLATOR = new Intl.Collator("en", { numeric: true });

/**
 * Order of two names as people list them: `run-2` before `run-10`, `a` beside `A` and `á`. Names that the alphabet does not
 * tell apart, as those of two Unicode forms, follow by code units: 0 for equal names alone.
 */
export function compareNaturally(left: string, right: string): number {
  const byAlphabet = COLLATOR.compare(left, right);
  if (byAlphabet !== 0 || left === right) return byAlphabet;
  return left < right ? -1 : 1;
}
