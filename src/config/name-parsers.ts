import net from "node:net";
import path from "node:path";
import { listOf, ok, type Parsed, type Surroundings, textLike, wrong } from "./parser.ts";

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

/** Whether a text is one line without control characters. */
export function isPlainLine(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

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

/** A worker's name, which becomes part of file names. */
export const workerName = textLike(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  "should be up to 64 letters, digits, `.`, `_` and `-`, beginning with a letter or digit",
);

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
