import { parseDuration } from "../text/duration.ts";
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
export function ok<T>(value: T): InfoValue<T> {
  return { kind: "ok", value };
}

/** A wrong value: what it should be and, where that tells more than the value does, what it has instead. */
export function wrong(right: string, instead?: string): InfoValue<never> {
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
