import type { Random } from "../support/random.ts";

/** A line of a table from which chance draws: of two lines, one of double weight comes twice as often. */
export interface Weighted {
  readonly weight: number;
}

/** One line of a table. Throws where the table is empty. */
export function draw<T extends Weighted>(random: Random, table: readonly T[]): T {
  let left = random.next() * table.reduce((sum, { weight }) => sum + weight, 0);
  for (const line of table) {
    left -= line.weight;
    if (left < 0) return line;
  }
  throw new Error("there is nothing to draw from");
}

/** One of a list, each as likely; undefined of an empty one. Uses up one draw either way. */
export function choose<T>(random: Random, list: readonly T[]): T | undefined {
  return list[Math.floor(random.next() * list.length)];
}

/** True if something of this likelihood happens. */
export function happens(random: Random, likelihood: number): boolean {
  return random.next() < likelihood;
}
