import { isOneEditAway, nearest } from "../text/nearest.ts";
import { INFO_FIELDS } from "./info-fields.ts";

/** A key with a meaning. */
export type InfoKey = (typeof INFO_FIELDS)[keyof typeof INFO_FIELDS]["key"] | "e_mail";

/** The keys with a meaning. */
export const INFO_KEYS: readonly InfoKey[] = [...Object.values(INFO_FIELDS).map(({ key }) => key), "e_mail"];

/** The key that a word stands for, in any case and with `e-mail` for `e_mail`; `undefined` if it is the user's own. */
export function infoKey(written: string): InfoKey | undefined {
  const lower = written.toLowerCase();
  const canonical = lower === "e-mail" ? "e_mail" : lower;
  return INFO_KEYS.find((key) => key === canonical);
}

/** Names that other programs and people have for the command line. */
const OTHER_NAMES_OF_SCRIPT = new Set(["command", "cmd", "run", "exec", "execute", "executable", "program"]);

/** Keys so short that words of the user's own (`infos`, `into`, `site`, `owned`) are one letter away from them. */
const SHORT_KEY_LETTERS = 5;

/** Keys in the other number: a job that is meant for one machine should not run on any without a word. */
const OTHER_NUMBERS: ReadonlyMap<string, InfoKey> = new Map([
  ["workers", "worker"],
  ["pools", "pool"],
  ["need", "needs"],
]);

/**
 * The key that an unknown one is probably a misspelling of: one letter wrong, missing or too much, two swapped, or another
 * sign for `_`. A number or a plural of a whole word (`size2`, `scripts`) is mostly a name of the user's own.
 */
export function misspelledKey(written: string): InfoKey | undefined {
  const word = plain(written);
  const other = OTHER_NUMBERS.get(word);
  if (other !== undefined) return other;
  return INFO_KEYS.find((key) => word === key || (isOneEditAway(word, key) && !isOwnWord(word, key)));
}

/** Of a file's unknown keys the one that was probably meant as `script`, which it lacks. */
export function meantAsScript<T extends { readonly key: string }>(unknown: readonly T[]): T | undefined {
  const looksLike = ({ key }: T) => nearest(plain(key), ["script"]) !== undefined;
  return unknown.find(looksLike) ?? unknown.find(({ key }) => OTHER_NAMES_OF_SCRIPT.has(plain(key)));
}

/** `line 2: scirpt: did you mean script?` */
export function askFor(written: string, meant: string, line?: number): string {
  return `${line === undefined ? "" : `line ${line}: `}${written}: did you mean ${meant}?`;
}

function isOwnWord(word: string, key: InfoKey): boolean {
  if (word.startsWith(key) && /\d$/.test(word)) return true;
  if (word === `${key}s`) return !key.includes("_");
  return key.length <= SHORT_KEY_LETTERS && !isSlip(word, key);
}

/** The same letters in another order, or one of them twice. */
function isSlip(word: string, key: string): boolean {
  return word.length === key.length ? sorted(word) === sorted(key) : word.replace(/(.)\1/, "$1") === key;
}

function sorted(word: string): string {
  return Array.from(word).sort().join("");
}

function plain(written: string): string {
  return written.toLowerCase().replaceAll(/[-\s]/g, "_");
}
