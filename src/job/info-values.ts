import { parseDuration } from "../text/duration.ts";
import { quoted } from "../text/escape.ts";
import { ok, type Parsed, wholeNumber, wrong } from "../text/parsed.ts";
import { type JobInfo, MAIL_MOMENTS, type MailMoment } from "./job-info.ts";

/** A key of the info file: the field that it fills, how its trimmed and not empty text is read, and the value without it. */
export type InfoSpec = {
  readonly [Field in keyof JobInfo]-?: {
    readonly field: Field;
    readonly read: (text: string) => Parsed<JobInfo[Field] | undefined>;
    readonly otherwise?: JobInfo[Field];
  };
}[keyof JobInfo];

/** The keys with a meaning, but for `e_mail`, a fault in which refuses no job; all others are the user's own. */
export const INFO_SPECS = {
  script: { field: "script", read: readScript, otherwise: "" },
  nb_proc: { field: "processors", read: wholeNumber(1, 100_000), otherwise: 1 },
  owner: { field: "owner", read: readOwner },
  info: { field: "description", read: withinBytes(16 * 1024), otherwise: "" },
  priority: { field: "priority", read: readPriority, otherwise: 0 },
  size: { field: "size", read: withinBytes(1024) },
  time_limit: { field: "timeLimitSeconds", read: readTimeLimit },
  mail_on: { field: "mailOn", read: readMailMoments },
  kill_grace: { field: "killGraceSeconds", read: readKillGrace },
} as const satisfies Readonly<Record<string, InfoSpec>>;

const MAX_PRIORITY = 1_000_000;
const MAX_TIME_LIMIT_DAYS = 3_650;
const MAX_KILL_GRACE_SECONDS = 86_400;

/** A command line for the shell, which has to fit into one argument: Linux limits that to 128 KB. */
function readScript(text: string): Parsed<string> {
  if (text.includes("\0"))
    return wrong("should have no NUL character, which ends a command line", "has a NUL character");
  return withinBytes(64 * 1024)(text);
}

/** A person's name or address. */
function readOwner(text: string): Parsed<string> {
  if (/\p{Cc}/u.test(text)) return wrong("should be a name on one line");
  return withinBytes(200)(text);
}

/** A priority; the higher goes first. */
function readPriority(text: string): Parsed<number> {
  const right = `should be a whole number from -${MAX_PRIORITY} to ${MAX_PRIORITY}`;
  return numberBetween(text, /^[+-]?\d+$/, -MAX_PRIORITY, MAX_PRIORITY, right);
}

/** Seconds between TERM and KILL. */
function readKillGrace(text: string): Parsed<number> {
  const right = `should be a number of seconds from 0 to ${MAX_KILL_GRACE_SECONDS}`;
  return numberBetween(text, /^\d+(?:\.\d+)?$/, 0, MAX_KILL_GRACE_SECONDS, right);
}

/** Seconds; `undefined` for `none`. */
function readTimeLimit(text: string): Parsed<number | undefined> {
  if (text.toLowerCase() === "none") return ok(undefined);
  const seconds = parseDuration(text);
  if (seconds === undefined) {
    return wrong("should be minutes, or a time as 2h30m, 45s, 1d2h, 1:30:00 or 2-12:00:00, or none");
  }
  const fits = seconds > 0 && seconds <= MAX_TIME_LIMIT_DAYS * 86_400;
  return fits ? ok(seconds) : wrong(`should be more than 0 and at most ${MAX_TIME_LIMIT_DAYS} days; or none`);
}

/** The moments of `mail_on`, in a fixed order. */
export function readMailMoments(text: string): Parsed<readonly MailMoment[]> {
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

function numberBetween(
  text: string,
  form: RegExp,
  least: number,
  most: number,
  right: string,
): Parsed<number> {
  const value = form.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? ok(value) : wrong(right);
}

function withinBytes(maxBytes: number): (text: string) => Parsed<string> {
  return (text) => {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes <= maxBytes) return ok(text);
    return wrong(`should have at most ${maxBytes} bytes`, `has ${bytes} bytes`);
  };
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
export function readAddresses(text: string): Parsed<readonly string[]> {
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
