import type { MailSettings } from "../job/mail-settings.ts";
import { fromAddressOf } from "./compose.ts";

/** A name with a domain, in the letters that SMTP allows (RFC 1123, 2.1). */
const FULL_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** Domains that name no machine to anybody else. */
const HOME_DOMAIN = /\.(?:local|localdomain|localhost)$/i;
/** The name of a machine without one (RFC 5321, 4.1.4): an address. */
const ADDRESS_LITERAL = "[127.0.0.1]";

/**
 * The name that this machine gives itself to mail servers: `Smtp_Helo`, else its own if that has a domain, else the domain of
 * `From`, else that of `Page_Url`. Many servers refuse a name without a domain, and an address.
 * @param hostName this machine's own name, with or without a domain
 */
export function heloOf(
  { smtpHelo, from, pageUrl }: Pick<MailSettings, "smtpHelo" | "from" | "pageUrl">,
  hostName: string,
): string {
  const sender = fromAddressOf(from).address;
  const page = pageUrl === undefined ? "" : new URL(pageUrl).hostname;
  const names = [hostName, sender.slice(sender.lastIndexOf("@") + 1), page];
  return smtpHelo ?? names.find(isFullName) ?? ADDRESS_LITERAL;
}

function isFullName(name: string): boolean {
  return FULL_NAME.test(name) && !HOME_DOMAIN.test(name);
}
