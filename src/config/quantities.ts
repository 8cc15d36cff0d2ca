import { parseDuration } from "../text/duration.ts";
import { ok, type Parsed, type Parser, wrong } from "./parser.ts";

const TRUE_WORDS = new Set(["1", "yes", "true", "on"]);
const FALSE_WORDS = new Set(["0", "no", "false", "off"]);

/** The words of Python's `ConfigParser.getboolean`. */
export function boolean(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return ok(true);
  return FALSE_WORDS.has(word) ? ok(false) : wrong("should be True or False");
}

/** Digits alone, from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Parser<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} up` : `${least} to ${most}`;
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? ok(value) : wrong(`should be a whole number from ${range}`);
  };
}

/** Seconds, with or without their unit: `2`, `0.5`, `2 s`. */
export function seconds(least: number, most: number): Parser<number> {
  return (text) => {
    const found = /^(\d+(?:\.\d+)?)\s*(?:s|sec|seconds?)?$/i.exec(text);
    const value = Number(found?.[1] ?? Number.NaN);
    return value >= least && value <= most ? ok(value) : wrong(`should be seconds from ${least} to ${most}`);
  };
}

const BYTES = new Map([
  ["b", 1],
  ["kb", 1e3],
  ["mb", 1e6],
  ["gb", 1e9],
  ["tb", 1e12],
  ["kib", 2 ** 10],
  ["mib", 2 ** 20],
  ["gib", 2 ** 30],
  ["tib", 2 ** 40],
]);

/** Bytes from a size with its unit: MB is 1000 × 1000 bytes, MiB 1024 × 1024. */
export function sizeInBytes(least: number): Parser<number> {
  return (text) => {
    const bytes = measured(text, BYTES);
    if (bytes === undefined)
      return wrong("should be a size with its unit (B, kB, MB, GB, TB, MiB, GiB), as `200 MB`");
    return bytes >= least ? ok(bytes) : wrong(`should be at least ${least} bytes`);
  };
}

const SECONDS = new Map([
  ["s", 1],
  ["second", 1],
  ["min", 60],
  ["minute", 60],
  ["h", 3600],
  ["hour", 3600],
  ["d", 86_400],
  ["day", 86_400],
  ["w", 604_800],
  ["week", 604_800],
]);

/** Seconds from a time with its unit: `90 min`, `12 hours`, `3 days`. */
export function timeInSeconds(text: string): Parsed<number> {
  const value = measured(text, SECONDS) ?? measured(text.replace(/s$/i, ""), SECONDS);
  if (value !== undefined && value > 0) return ok(value);
  return wrong("should be a time above 0 with its unit (minutes, hours, days, weeks), as `3 days`");
}

/** Seconds from a time as `time_limit` takes it (`15` is minutes, `1:30:00`), or with its unit in full: `15 minutes`. */
export function durationInSeconds(text: string): Parsed<number> {
  const value = parseDuration(text) ?? measured(text, SECONDS) ?? measured(text.replace(/s$/i, ""), SECONDS);
  return value === undefined ? wrong("should be a time, as `15 min`, `2 h` or `0`") : ok(value);
}

// Rounded, so that `0.1 kB` is not a fraction of a byte.
function measured(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text);
  if (/^0+(?:\.0*)?$/.test(text)) return 0;
  const unit = units.get(found?.[2]?.toLowerCase() ?? "");
  return unit === undefined ? undefined : Math.round(Number(found?.[1]) * unit);
}
