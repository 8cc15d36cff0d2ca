/** `1`, `1 and 15`, `1, 8 and 15` */
export function inWords(parts: readonly (string | number)[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** All numbers from the least to the most. */
export function isAll(numbers: readonly number[], least: number, most: number): boolean {
  return numbers.length === most - least + 1;
}

/** The ends of three numbers or more that follow one another; undefined for others. */
export function rangeOf(numbers: readonly number[]): readonly [number, number] | undefined {
  const [first = 0] = numbers;
  const last = first + numbers.length - 1;
  return numbers.length > 2 && numbers.at(-1) === last ? [first, last] : undefined;
}

/** The step that gives these numbers from the least to the most, and goes on over midnight or the full hour as it began; undefined where none does. */
export function stepOf(numbers: readonly number[], least: number, most: number): number | undefined {
  const size = most - least + 1;
  const step = size / numbers.length;
  const isGrid = numbers.every((number, index) => number === least + index * step);
  return isGrid && numbers.length > 1 ? step : undefined;
}

/** `06` */
export function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

/** `1st`, `2nd`, `3rd`, `11th` */
export function ordinal(number: number): string {
  const isTeen = number % 100 > 10 && number % 100 < 14;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}
