import { oneLine } from "./letter.ts";
import type { MailServer } from "./server.ts";

/** A server's answer about one recipient. */
export interface RecipientError extends Error {
  readonly recipient?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

/** Of the conversation in which an error arose, as nodemailer tells it. */
interface SmtpFacts {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly rejectedErrors?: readonly RecipientError[] | undefined;
}

/** An error in a conversation with a mail server. */
export type SmtpError = Error & SmtpFacts;

/** An error with these facts. */
export function smtpError(message: string, facts: SmtpFacts): SmtpError {
  return Object.assign(new Error(message), facts);
}

/** The reason why there is no talking to the server, and what to do about it. */
export interface ServerFailure {
  readonly what: string;
  readonly mend: string;
}

const MAX_WORDS = 300;

/** Words by which servers refuse a name or an address of the client, in the class of later tries too. */
const ABOUT_NAME = /\b(?:helo|ehlo)\b|client host|host ?name|reverse dns|fully.qualified/i;
/** Of protocol (X.5.X) and of policy (X.7.X), RFC 3463; without such a code, what RFC 5321 has for commands in error. */
const OF_PROTOCOL_OR_POLICY = /^5\d\d[ -]5\.[57]\.|^50[34][ -](?!\d\.)|^5\d\d.*\brelay/i;

/**
 * True where a server refuses this machine rather than a letter or its readers: then no letter would fare better. Of several
 * readers each is refused so.
 */
export function refusesClient({
  command,
  rejectedErrors = [],
  responseCode = 0,
  response = "",
}: SmtpError): boolean {
  if (command === "EHLO" || command === "HELO") return true;
  if (command === "CONN") return responseCode >= 500;
  if (rejectedErrors.length === 0) return ABOUT_NAME.test(response);
  return rejectedErrors.every(
    ({ response: words = "" }) => ABOUT_NAME.test(words) || OF_PROTOCOL_OR_POLICY.test(words),
  );
}

/** True for 421: the server is about to close the connection, whatever it was asked (RFC 5321, 3.8). */
export function isHangUp({ responseCode }: { readonly responseCode?: number | undefined }): boolean {
  return responseCode === 421;
}

const TRIED_AGAIN = "it is tried again; if it lasts,";

/** A failure in plain words, with what most often helps. */
export function failureOf(error: SmtpError, server: MailServer): ServerFailure {
  const words = oneLine(error.response ?? error.message, MAX_WORDS);
  const at = `${server.host}:${server.port}`;
  const command = error.command ?? "";
  const hangUp = [error, ...(error.rejectedErrors ?? [])].find(isHangUp);
  if (hangUp !== undefined && !refusesClient(error))
    return {
      what: `${at} closes the connection: ${oneLine(hangUp.response ?? words, MAX_WORDS)}`,
      mend: `${TRIED_AGAIN} ask its operator`,
    };
  if (error.code === "EAUTH" || command.startsWith("AUTH"))
    return {
      what: `${at} refuses the login: ${words}`,
      mend: "check Smtp_User and the password; some providers want a password made for programs",
    };
  if (error.responseCode === 530)
    return {
      what: `${at} wants a login first: ${words}`,
      mend: "set Smtp_User, and the password in Smtp_Password_File or QM_SMTP_PASSWORD",
    };
  if (refusesClient(error))
    return {
      what: `${at} refuses this machine, which calls itself ${server.helo}: ${words}`,
      mend: `${hangUp === undefined ? "" : `${TRIED_AGAIN} `}set Smtp_Helo in [Mail] to the full name of this machine, as lab1.lab.org; a server that takes mails of those alone whom it knows wants Smtp_User, or its operator's leave for this machine`,
    };
  if (error.code === "EDNS")
    return {
      what: `no machine is called ${server.host}`,
      mend: "check the server's name in Smtp or Smtp_Host",
    };
  const encryption = encryptionFailure(error, at, words);
  if (encryption !== undefined) return encryption;
  if (command === "MAIL FROM")
    return {
      what: `${at} refuses the sender: ${words}`,
      mend: "set From to an address that this server may send for",
    };
  return connectionFailure(error, server, at, words);
}

function encryptionFailure(
  { code, command, originalCode, message, responseCode }: SmtpError,
  at: string,
  words: string,
): ServerFailure | undefined {
  const cause = `${originalCode ?? ""} ${message}`;
  if (/WRONG_VERSION_NUMBER|wrong version number|packet length too long|UNKNOWN_PROTOCOL/i.test(cause))
    return {
      what: `${at} does not encrypt from the first byte`,
      mend: "use smtp:// (or Smtp_Secure = False), or the port for smtps, usually 465",
    };
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|certificate|altnames/i.test(cause))
    return {
      what: `the certificate of ${at} is not to be trusted: ${words}`,
      mend: "name the server as its certificate does, or give the certificate of its authority with Smtp_Ca_File",
    };
  if (code === "ETLS" && (command === "STARTTLS" || responseCode !== undefined))
    return {
      what: `${at} offers no encryption, and no password is sent without it: ${words}`,
      mend: "ask for the port that encrypts (587 or 465); Smtp_Insecure = True sends it all the same",
    };
  if (code === "ETLS" || /SSL|TLS/.test(cause))
    return { what: `encryption with ${at} fails: ${words}`, mend: "check port and Smtp_Secure" };
  return undefined;
}

function connectionFailure(
  { code, originalCode, message }: SmtpError,
  server: MailServer,
  at: string,
  words: string,
): ServerFailure {
  if (originalCode === "ECONNREFUSED" || /ECONNREFUSED/.test(message))
    return {
      what: `nothing answers at ${at} (connection refused)`,
      mend: "check the port (25, 587 or 465) and that the mail server runs",
    };
  if (code === "ETIMEDOUT" && /[Gg]reeting/.test(message) && !server.secure)
    return {
      what: `${at} gives no greeting in time`,
      mend: "if the port is one that encrypts from the first byte (465), use smtps:// or Smtp_Secure = True",
    };
  if (code === "ETIMEDOUT")
    return {
      what: `${at} does not answer in time: ${words}`,
      mend: "check name and port, and a firewall between",
    };
  if (/closed unexpectedly|ECONNRESET|EPIPE/.test(`${originalCode} ${message}`))
    return {
      what: `${at} closes the connection without a word`,
      mend: `${TRIED_AGAIN} check the port, and see the server's log`,
    };
  return {
    what: `the connection to ${at} fails: ${words}`,
    mend: "check name and port; the server's log may tell more",
  };
}
