import type { MailMoment } from "../core/job-info.ts";
import {
  choice,
  listOf,
  ok,
  type Parsed,
  type Parser,
  type Surroundings,
  textLike,
  wrong,
} from "./parser.ts";
import { isPlainLine } from "./places.ts";

const ADDRESS = /^(?=.{3,254}$)[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

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
  return ADDRESS.test(address)
    ? ok(text)
    : wrong("should be an address, as qm@lab.org or Queue <qm@lab.org>");
}

export const addresses = listOf(textLike(ADDRESS, ""), "should be mail addresses, separated by commas");

/** Domains in lower case; a leading `@` is dropped. */
export const domains = listOf(domain, "should be domains separated by commas, as `lab.org, uni.edu`");

function domain(text: string): Parsed<string> {
  const name = text.toLowerCase().replace(/^@/, "");
  return ADDRESS.test(`a@${name}`) ? ok(name) : wrong("");
}

const MOMENTS_RIGHT = "should be end, fail, start or all, several separated by commas, or none alone";
const momentList: Parser<readonly MailMoment[]> = listOf(
  choice("end", "fail", "start", "all", "none"),
  MOMENTS_RIGHT,
);

/** When to mail, as `mail_on` of the info file. */
export function mailMoments(text: string, surroundings: Surroundings): Parsed<readonly MailMoment[]> {
  const parsed = momentList(text, surroundings);
  const contradicts = parsed.kind === "ok" && parsed.value.length > 1 && parsed.value.includes("none");
  return contradicts ? wrong(MOMENTS_RIGHT) : parsed;
}

/** Free text on one line. */
export function oneLine(text: string): Parsed<string> {
  return isPlainLine(text) ? ok(text) : wrong("should stand on one line");
}
