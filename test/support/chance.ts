import { spawnSync } from "node:child_process";
import path from "node:path";
import { Random } from "./random.ts";

/** With `QM_TEST_LONG=1`, as `npm run test:long` sets it, nothing is left out for the sake of time. */
export const WANTS_LONG = process.env["QM_TEST_LONG"] === "1";

/** The seed of all chance in the tests: each commit tries other moments, and the same ones again. `QM_TEST_SEED` sets another. */
export const SEED = Number(process.env["QM_TEST_SEED"] ?? seedOfCommit());

/** Managers that a test by chance starts and kills; `QM_TEST_LIVES` sets another number. */
export const LIVES = Number(process.env["QM_TEST_LIVES"] ?? (WANTS_LONG ? 100 : 30));

/** The share of a list that {@link sample} takes: over some commits the whole list is tried. */
const SHARE = 1 / 8;

/** The share of {@link tries}. */
const SHARE_OF_TRIES = 1 / 4;

/** Tries at something that goes wrong by chance, such as a race, of `count` in a long run: a quarter otherwise. */
export function tries(count: number): number {
  return WANTS_LONG ? count : Math.ceil(count * SHARE_OF_TRIES);
}

/** Some of a list, chosen by the seed, in their order; in a long run all of it. */
export function sample<T>(all: readonly T[]): readonly T[] {
  if (WANTS_LONG) return all;
  const random = new Random(SEED);
  const drawn = all.map((item, index) => ({ item, index, lot: random.next() }));
  const chosen = drawn.toSorted((one, other) => one.lot - other.lot).slice(0, Math.ceil(all.length * SHARE));
  return chosen.toSorted((one, other) => one.index - other.index).map(({ item }) => item);
}

// Without a repository, as in a packed copy, one that is always the same.
function seedOfCommit(): number {
  const { stdout } = spawnSync("git", ["rev-parse", "--short=7", "HEAD"], {
    cwd: path.join(import.meta.dirname, "../.."),
    encoding: "utf8",
  });
  const seed = Number.parseInt(stdout ?? "", 16);
  return Number.isNaN(seed) ? 20261122 : seed;
}
