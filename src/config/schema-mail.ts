import net from "node:net";
import { isAddress, readAddresses } from "../job/addresses.ts";
import { readMailMoments } from "../job/info-fields.ts";
import { boolean, ok, type Parsed, wholeNumber, wrong } from "../text/parsed.ts";
import { listOf, mail, optional, server } from "./parser.ts";
import { absolutePath, host, oneLine, timeInSeconds } from "./quantities.ts";

/** A mail server's address; a password in it is masked wherever it is shown. */
function smtpUrl(text: string): Parsed<string> {
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
function pageUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.username === "" && url.search === "" && url.hash === "";
  if (!plain || !/^https?:$/.test(url.protocol))
    return wrong("should be an address such as http://lab-server:8000");
  return ok(url.href.replace(/\/+$/, ""));
}

/** `qm@lab.org` or `Queue <qm@lab.org>`. */
function sender(text: string): Parsed<string> {
  const address = /^[^<>"\p{Cc}]*<([^<>]*)>$/u.exec(text)?.[1] ?? text;
  return isAddress(address) ? ok(text) : wrong("should be an address, as qm@lab.org or Queue <qm@lab.org>");
}

/** Addresses as in `e_mail` of the info file; nothing written means nobody. */
function addresses(text: string): Parsed<readonly string[]> {
  return text === "" ? ok([]) : readAddresses(text);
}

/** Domains in lower case; a leading `@` is dropped. */
const domains = listOf(domain, "should be domains separated by commas, as `lab.org, uni.edu`");

function domain(text: string): Parsed<string> {
  const name = text.toLowerCase().replace(/^@/, "");
  return isAddress(`a@${name}`) ? ok(name) : wrong("");
}

/** `lab1.lab.org`, or an address in brackets (RFC 5321, 4.1.3): `[192.168.1.5]`, `[IPv6:fd00::5]`. */
function heloName(text: string): Parsed<string> {
  const address = /^\[(?:IPv6:)?([\d.]+|[\da-f:.]*:[\da-f:.]*)\]$/i.exec(text)?.[1];
  const isName = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i.test(text);
  const isGood = address === undefined ? isName && net.isIP(text) === 0 : net.isIP(address) !== 0;
  return isGood
    ? ok(text)
    : wrong("should be this machine's name, as lab1.lab.org, or its address in brackets, as [192.168.1.5]");
}

/** The keys of the mails. */
export const MAIL_KEYS = {
  active: server("MailActive", "False", boolean).says(
    "Sends mails to the owners of jobs; needs the section [Mail].",
  ),
  smtpUrl: mail("Smtp", "", optional(smtpUrl)).says(
    "The mail server as an address, smtp://server or smtps://server:port.",
  ),
  smtpHost: mail("Smtp_Host", "", optional(host)).says("The mail server's name, instead of Smtp."),
  smtpPort: mail("Smtp_Port", "", optional(wholeNumber(1, 65_535))).says(
    "The mail server's port; by default the usual one.",
  ),
  smtpUser: mail("Smtp_User", "", optional(oneLine)).says(
    "The name to log in with, where the mail server asks for one.",
  ),
  smtpSecure: mail("Smtp_Secure", "False", boolean).says(
    "Encrypts from the first byte (usual on port 465) instead of after a greeting in the clear.",
  ),
  smtpPasswordFile: mail("Smtp_Password_File", "", optional(absolutePath)).says(
    "A file that holds the password; QM_SMTP_PASSWORD in the environment comes first.",
  ),
  smtpInsecure: mail("Smtp_Insecure", "False", boolean).says(
    "Accepts a mail server without encryption or with a certificate nobody vouches for.",
  ),
  smtpCaFile: mail("Smtp_Ca_File", "", optional(absolutePath)).says(
    "A file with the certificates that vouch for the mail server, where it is not a public one.",
  ),
  smtpHelo: mail("Smtp_Helo", "", optional(heloName)).says(
    "What this machine calls itself to the mail server; by default its full name, else the domain of From or of Page_Url.",
  ),
  from: mail("From", "", optional(sender)).says("The sender of the mails."),
  pageUrl: mail("Page_Url", "", optional(pageUrl)).says("The page's address for the links in mails."),
  pathAs: mail("Path_As", "", optional(oneLine)).says(
    "What QM_FOLDER is called on the users' machines, for the paths in mails and on the page.",
  ),
  on: mail("Mail_On", "end", readMailMoments).says(
    "When to mail if the job does not say: end, fail, start, all or none.",
  ),
  admins: mail("Mail_Admin", "", addresses).says("Who gets the mails about the manager itself."),
  allowedDomains: mail("Mail_Allowed_Domains", "", domains).says(
    "The only domains that the addresses of jobs may have; empty allows all.",
  ),
  dailyCap: mail("Mail_Daily_Cap", "200", wholeNumber(1)).says(
    "The most mails sent to one address in one day; what would be more is summed up in one.",
  ),
  giveUpSeconds: mail("Mail_Give_Up", "3 days", timeInSeconds).says(
    "How long a mail is tried again while the mail server does not take it.",
  ),
};
