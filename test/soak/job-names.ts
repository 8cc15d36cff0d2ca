import type { Random } from "../support/random.ts";
import { choose, happens } from "./chance.ts";

const ODD = [
  "two  words",
  "Größe é",
  "日本語",
  "rocket 🚀",
  'it\'s "quoted"',
  "$(touch pwned) `id`",
  "a;b&c|d",
  "50% %2e%2e",
  "<b>bold",
  "back\\slash",
  "line\nbreak",
  "-dash",
  "dots...",
  "[x] {y} *",
] as const;

/** A name that no other job has: it holds the job's number. */
export function ownName(random: Random, id: number): string {
  const begin = happens(random, 0.2) ? choose(random, ODD) : undefined;
  return `${begin ?? "run"} @${id}@`;
}

/** The name of another job, or one that counts as the same. */
export function collidingName(random: Random, other: string): string {
  return happens(random, 0.5) ? other : other.toUpperCase();
}
