import net from "node:net";
import path from "node:path";
import { LABELS_RIGHT, PLACE_NAME, PLACE_NAME_RIGHT, readLabel } from "../job/where.ts";
import { parseDuration } from "../text/duration.ts";
import { numberLike, ok, type Parsed, wrong } from "../text/parsed.ts";
import { listOf, type Parser, type Surroundings, textLike } from "./parser.ts";

/** Seconds, with or without their unit: `2`, `0.5`, `2 s`. */
export function seconds(least: number, most: number): Parser<number> {
  const form = /^(\d+(?:\.\d+)?)\s*(?:s|sec|seconds?)?$/i;
  return numberLike(form, least, most, `should be seconds from ${least} to ${most}`);
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

const PATH_RIGHT =
  "should be a path on one line, without quotes around it (`~/` stands for your home folder)";
const WHOLE_PATH_RIGHT =
  "should be written out, as variables are not filled in (`~/` stands for your home folder)";
const NO_HOME_RIGHT = "should be written out: the user has no home folder, neither by HOME nor by passwd";

/**
 * An absolute path: `~` expands, a relative one counts from the configuration's folder. Refuses one that begins with a
 * shell's variable, which would become a folder called `$HOME`.
 */
export function absolutePath(text: string, { folder, home }: Surroundings): Parsed<string> {
  if (!isPlainLine(text) || /^(["']).*\1$/.test(text) || /^~[^/\\]/.test(text)) return wrong(PATH_RIGHT);
  if (/^(?:\$\{?[A-Za-z_]|%\w+%)/.test(text)) return wrong(WHOLE_PATH_RIGHT);
  const isOfHome = /^~(?=$|[/\\])/.test(text);
  if (isOfHome && home === undefined) return wrong(NO_HOME_RIGHT);
  const file = isOfHome ? path.join(home ?? "", text.slice(1)) : path.resolve(folder, text);
  return ok(file, file);
}

/** True for a text on one line without control characters. */
function isPlainLine(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

/** A command for the shell. */
export const commandLine = textLike(/^\P{Cc}+$/u, "should be a command on one line");

/** Names of info files, whose ending says how they are read. */
export const jobFiles = listOf(
  textLike(/^[^/\\\p{Cc}]*[^/\\\p{Cc}.][^/\\\p{Cc}]*\.(?:cfg|ini|xml|json|sh)$/iu, ""),
  "should be file names without folders, separated by commas, each ending in .cfg, .ini, .xml, .json or .sh",
);

/** Patterns of file names, of which none means every name. */
export const namePatterns = listOf(
  textLike(/^(?=.*[^*?.])[^/\\\p{Cc}]{1,255}$/u, ""),
  "should be patterns of file names such as *.uploading, without folders, separated by commas",
);

/** Free text on one line. */
export function oneLine(text: string): Parsed<string> {
  return isPlainLine(text) ? ok(text) : wrong("should stand on one line");
}

/** A worker's name, which becomes part of file names. */
export const workerName = textLike(PLACE_NAME, `should be ${PLACE_NAME_RIGHT}`);

/** Names of pools. */
export const placeNames = listOf(
  textLike(PLACE_NAME, ""),
  `should be names separated by commas, each ${PLACE_NAME_RIGHT}`,
);

/** Labels of a worker, some with a value. */
export const labels = listOf(readLabel, LABELS_RIGHT);

/** The nearest allowed worker name to a machine's own. */
export function workerNameFrom(hostname: string): string {
  const name = hostname.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name === "" ? "worker" : name.slice(0, 64);
}

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** A host's name or address; an IPv6 address may stand in brackets. */
export function host(text: string): Parsed<string> {
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  if (net.isIP(bare) !== 0 || (HOST_NAME.test(bare) && !/^[\d.]+$/.test(bare))) return ok(bare);
  return wrong("should be a host name or address (`localhost`: this machine only, `0.0.0.0`: every network)");
}

/** Names of hosts, lower case. */
export const hostNames = listOf((text) => {
  const parsed = host(text);
  return parsed.kind === "ok" ? ok(parsed.value.toLowerCase()) : parsed;
}, "should be host names, separated by commas");
