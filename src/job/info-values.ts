import { parseDuration } from "../text/duration.ts";
import { quoted } from "../text/escape.ts";
import { MAIL_MOMENTS, type MailMoment } from "./job-info.ts";

/** A value of the info file read from its trimmed, not empty text. `wrong` where quoting the text does not say it. */
export type InfoValue<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "wrong"; readonly wrong?: string; readonly right: string };

/** A command line has to fit into one argument of the shell, which Linux limits to 128 KB. */
const MAX_SCRIPT_BYTES = 64 * 1024;
const MAX_DESCRIPTION_BYTES = 16 * 1024;
const MAX_SIZE_BYTES = 1024;
const MAX_OWNER_BYTES = 200;
const MAX_PROCESSORS = 100_000;
const MAX_PRIORITY = 1_000_000;
const MAX_TIME_LIMIT_DAYS = 3_650;
const MAX_KILL_GRACE_SECONDS = 86_400;

/** A command line for the shell. */
export function readScript(text: string): InfoValue<string> {
  if (text.includes("\0"))
    return wrong("should have no NUL character, which ends a command line", "has a NUL character");
  return withinBytes(text, MAX_SCRIPT_BYTES);
}

/** Any text, for people. */
export function readDescription(text: string): InfoValue<string> {
  return withinBytes(text, MAX_DESCRIPTION_BYTES);
}

/** A person's name or address. */
export function readOwner(text: string): InfoValue<string> {
  if (/\p{Cc}/u.test(text)) return wrong("should be a name on one line");
  return withinBytes(text, MAX_OWNER_BYTES);
}

/** Any text: the user's own measure. */
export function readSize(text: string): InfoValue<string> {
  return withinBytes(text, MAX_SIZE_BYTES);
}

/** Processors wanted, 1 or more. */
export function readProcessors(text: string): InfoValue<number> {
  const right = `should be a whole number from 1 to ${MAX_PROCESSORS}`;
  return numberBetween(text, /^\d+$/, 1, MAX_PROCESSORS, right);
}

/** A priority; the higher goes first. */
export function readPriority(text: string): InfoValue<number> {
  const right = `should be a whole number from -${MAX_PRIORITY} to ${MAX_PRIORITY}`;
  return numberBetween(text, /^[+-]?\d+$/, -MAX_PRIORITY, MAX_PRIORITY, right);
}

/** Seconds between TERM and KILL. */
export function readKillGrace(text: string): InfoValue<number> {
  const right = `should be a number of seconds from 0 to ${MAX_KILL_GRACE_SECONDS}`;
  return numberBetween(text, /^\d+(?:\.\d+)?$/, 0, MAX_KILL_GRACE_SECONDS, right);
}

/** Seconds; `undefined` for `none`. */
export function readTimeLimit(text: string): InfoValue<number | undefined> {
  if (text.toLowerCase() === "none") return ok(undefined);
  const seconds = parseDuration(text);
  if (seconds === undefined) {
    return wrong("should be minutes, or a time as 2h30m, 45s, 1d2h, 1:30:00 or 2-12:00:00, or none");
  }
  const fits = seconds > 0 && seconds <= MAX_TIME_LIMIT_DAYS * 86_400;
  return fits ? ok(seconds) : wrong(`should be more than 0 and at most ${MAX_TIME_LIMIT_DAYS} days; or none`);
}

/** The moments of `mail_on`, in a fixed order. */
export function readMailMoments(text: string): InfoValue<readonly MailMoment[]> {
  const right = "should be end, fail, start or all, several separated by commas, or none alone";
  const words = commaSeparated(text.toLowerCase());
  const moments = MAIL_MOMENTS.filter((moment) => words.includes(moment));
  const known = words.every((word) => MAIL_MOMENTS.some((moment) => moment === word));
  const contradicts = moments.length > 1 && moments.includes("none");
  return known && moments.length > 0 && !contradicts ? ok(moments) : wrong(right);
}

/** The parts of a list; empty ones, as after a last comma, are left out, and repeats too. */
function commaSeparated(text: string): readonly string[] {
  const parts = text.split(",").map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ""))];
}

/** A right value. */
function ok<T>(value: T): InfoValue<T> {
  return { kind: "ok", value };
}

/** A wrong value: what it should be and, where that tells more than the value does, what it has instead. */
function wrong(right: string, instead?: string): InfoValue<never> {
  return instead === undefined ? { kind: "wrong", right } : { kind: "wrong", right, wrong: instead };
}

function numberBetween(
  text: string,
  form: RegExp,
  least: number,
  most: number,
  right: string,
): InfoValue<number> {
  const value = form.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? ok(value) : wrong(right);
}

function withinBytes(text: string, maxBytes: number): InfoValue<string> {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= maxBytes) return ok(text);
  return wrong(`should have at most ${maxBytes} bytes`, `has ${bytes} bytes`);
}

const MAX_ADDRESS_CHARACTERS = 254;
const MAX_ADDRESSES = 100;
/** Of all names and addresses, and of one; more would keep the patterns busy. */
const MAX_TEXT_CHARACTERS = 16_384;
const MAX_PART_CHARACTERS = 512;

/** RFC 5322 `dot-atom`: what mail programs quote in a local part, they read each in their own way. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** Letters of any script with their marks, digits, and hyphens inside. */
const DOMAIN_LABEL = /^(?!-)[\p{L}\p{M}\d-]{1,63}(?<!-)$/u;

/** One name with its address; separators within quotes and comments do not count. */
const PART = /(?:"[^"\n]*"|\([^()\n]*\)|<(?![^<>\n]*>)|[^,;，；\r\n<])*(?:<[^<>\n]*>)?/g;

/** `Lovelace` of `Lovelace, Ada <ada@lab.org>`, as some programs write names. */
const FAMILY_NAME = /^[\p{L}\p{M}' -]+$/u;
const NAME_AND_ADDRESS = /^[^<>]*[^<>\s][^<>]*<[^<>]*>$/;

/** Characters that mail programs leave around what they paste: marks of direction, a byte-order mark. */
const OUTER_MARKS = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;

/** Plain addresses without repeats, and the texts that are none. */
interface FoundAddresses {
  readonly addresses: readonly string[];
  readonly bad: readonly string[];
}

/** A clause for what a text of addresses should be. */
export const ADDRESSES_RIGHT = "should be mail addresses as name@lab.org, separated by commas";

/**
 * The mail addresses in a text as people write it and mail programs paste it: separated by `,`, `;`, blanks or line
 * ends, each plain, as `mailto:` or with a name (`Ada <ada@lab.org>`). Only the plain address is kept of each, so that
 * nothing of the rest can come into a header.
 */
export function findAddresses(text: string): FoundAddresses {
  if (text.length > MAX_TEXT_CHARACTERS) return { addresses: [], bad: [`${text.length} characters`] };
  const parts = (text.match(PART) ?? []).map(withoutOuterMarks).filter((part) => part !== "");
  const read = parts.filter((part, at) => !isFamilyName(part, parts[at + 1])).map(readPart);
  const addresses = eachOnce(read.flatMap((found) => found.addresses));
  const tooMany = addresses.length > MAX_ADDRESSES ? [`${addresses.length} addresses`] : [];
  return {
    addresses: addresses.slice(0, MAX_ADDRESSES),
    bad: [...read.flatMap(({ bad }) => bad), ...tooMany],
  };
}

/** The addresses without repeats: another case of letters is no other recipient. */
export function eachOnce(addresses: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return addresses.filter((address) => {
    const { size } = seen;
    return seen.add(address.toLowerCase()).size > size;
  });
}

/** As {@link findAddresses}, for a text that must have at least one and nothing else. */
export function readAddresses(text: string): InfoValue<readonly string[]> {
  const { addresses, bad } = findAddresses(text);
  if (bad[0] !== undefined) return wrong(ADDRESSES_RIGHT, `has ${quoted(bad[0])}`);
  return addresses.length === 0 ? wrong(ADDRESSES_RIGHT) : ok(addresses);
}

/** One plain address: no display name, no comment, no quotes. */
export function isAddress(text: string): boolean {
  if (text.length > MAX_ADDRESS_CHARACTERS) return false;
  const [local = "", domain = "", ...rest] = text.split("@");
  const labels = domain.split(".");
  return rest.length === 0 && LOCAL_PART.test(local) && labels.every((label) => DOMAIN_LABEL.test(label));
}

function withoutOuterMarks(part: string): string {
  return part.length > MAX_PART_CHARACTERS ? part.trim() : part.replaceAll(OUTER_MARKS, "");
}

function isFamilyName(part: string, next = ""): boolean {
  return FAMILY_NAME.test(part) && NAME_AND_ADDRESS.test(next);
}

function readPart(part: string): FoundAddresses {
  if (part.length > MAX_PART_CHARACTERS) return { addresses: [], bad: [part] };
  const [, name = "", inBrackets] = /^(.*)<([^<>]*)>$/s.exec(part) ?? [];
  const candidates =
    inBrackets === undefined ? part.replace(/\s*\([^()]*\)$/, "").split(/\s+/) : [inBrackets];
  const addresses = candidates.filter((candidate) => candidate !== "").map(plainAddress);
  if (!addresses.every(isAddress)) return { addresses: [], bad: [part] };
  const inName = wordsLikeAddresses(name);
  return {
    addresses: [...inName.filter(isAddress), ...addresses],
    bad: inName.filter((word) => !isAddress(word)),
  };
}

// A name has an `@` only in quotes (RFC 5322): elsewhere a separator was forgotten.
function wordsLikeAddresses(name: string): string[] {
  const words = name.replaceAll(/"[^"]*"|\([^()]*\)|=\?\S*\?=/g, " ").split(/\s+/);
  return words.filter((word) => /.@./.test(word)).map(plainAddress);
}

function plainAddress(text: string): string {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, "$2");
  const address = /^mailto:/i.test(bare) ? bare.replace(/^mailto:/i, "").replace(/\?.*$/, "") : bare;
  // As at the end of a sentence, or of a full domain name.
  return address.replace(/\.$/, "");
}
