import net from "node:net";
import { isAddress, readAddresses } from "../job/info-values.ts";
import { ok, type Parsed, wrong } from "../text/parsed.ts";
import { listOf } from "./parser.ts";
import { isPlainLine } from "./quantities.ts";

/** A mail server's address; a password in it is masked wherever it is shown. */
export function smtpUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url !== undefined && ["", "/"].includes(url.pathname) && url.search === "" && url.hash === "";
  if (!bare || !/^smtps?:$/.test(url.protocol) || url.hostname === "") {
    return wrong("should be smtp://server or smtps://server, with :port where it is not the usual one");
  }
  return ok(text, maskPassword(text));
}

/** The text with what stands where a URL has its password replaced by `***`, even if the rest is no URL. */
export function maskPassword(text: string): string {
  return text.replace(/^((?:\w+:\/*)?[^:@/]*):.*@/s, "$1:***@");
}

/** The page's address as people outside reach it, without a slash at its end. */
export function pageUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.username === "" && url.search === "" && url.hash === "";
  if (!plain || !/^https?:$/.test(url.protocol))
    return wrong("should be an address such as http://lab-server:8000");
  return ok(url.href.replace(/\/+$/, ""));
}

/** `qm@lab.org` or `Queue <qm@lab.org>`. */
export function sender(text: string): Parsed<string> {
  const address = /^[^<>"\p{Cc}]*<([^<>]*)>$/u.exec(text)?.[1] ?? text;
  return isAddress(address) ? ok(text) : wrong("should be an address, as qm@lab.org or Queue <qm@lab.org>");
}

/** Addresses as in `e_mail` of the info file; nothing written means nobody. */
export function addresses(text: string): Parsed<readonly string[]> {
  return text === "" ? ok([]) : readAddresses(text);
}

/** Domains in lower case; a leading `@` is dropped. */
export const domains = listOf(domain, "should be domains separated by commas, as `lab.org, uni.edu`");

function domain(text: string): Parsed<string> {
  const name = text.toLowerCase().replace(/^@/, "");
  return isAddress(`a@${name}`) ? ok(name) : wrong("");
}

/** `lab1.lab.org`, or an address in brackets (RFC 5321, 4.1.3): `[192.168.1.5]`, `[IPv6:fd00::5]`. */
export function heloName(text: string): Parsed<string> {
  const address = /^\[(?:IPv6:)?([\d.]+|[\da-f:.]*:[\da-f:.]*)\]$/i.exec(text)?.[1];
  const isName = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i.test(text);
  const isGood = address === undefined ? isName && net.isIP(text) === 0 : net.isIP(address) !== 0;
  return isGood
    ? ok(text)
    : wrong("should be this machine's name, as lab1.lab.org, or its address in brackets, as [192.168.1.5]");
}

/** Free text on one line. */
export function oneLine(text: string): Parsed<string> {
  return isPlainLine(text) ? ok(text) : wrong("should stand on one line");
}
