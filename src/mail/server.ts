import fs from "node:fs";
import os from "node:os";
import { readRegularFile } from "../disk/safe-read.ts";
import type { MailSettings } from "../job/job-info.ts";
import { fromAddressOf } from "./compose.ts";

/** The mail server, and how it is to be spoken to. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** The name that this machine gives itself. */
  readonly helo: string;
  /** Encrypted from the first byte. */
  readonly secure: boolean;
  /** Nothing is sent unencrypted. */
  readonly needsTls: boolean;
  /** Its certificate has to be vouched for. */
  readonly verifies: boolean;
  /** Certificates that vouch for it, in the place of the public ones. */
  readonly ca?: string;
  readonly login?: { readonly user: string; readonly password: string };
}

/** The server that the settings name, or why it cannot be used. */
export type ServerAnswer =
  | { readonly kind: "server"; readonly server: MailServer; readonly warnings: readonly string[] }
  | { readonly kind: "unusable"; readonly why: string };

type Environment = Readonly<Record<string, string | undefined>>;

type Unusable = Extract<ServerAnswer, { kind: "unusable" }>;

/** A file's text, or why there is none. */
type FileText =
  | { readonly kind: "read"; readonly text: string; readonly isReadableByOthers: boolean }
  | Unusable;

const MAX_FILE_BYTES = 1024 * 1024;

/** Finds the mail server with its password, which is read anew each time: it may have been changed meanwhile. */
export function serverOf(settings: MailSettings, env: Environment): ServerAnswer {
  const url = settings.smtpUrl === undefined ? undefined : new URL(settings.smtpUrl);
  const host = (url?.hostname ?? settings.smtpHost)?.replace(/^\[(.*)\]$/, "$1");
  if (host === undefined) return unusable("no mail server is named: set Smtp or Smtp_Host in [Mail]");
  const login = loginOf(settings, env, url);
  if (login.kind === "unusable") return login;
  const certificate = certificateOf(settings);
  if (certificate.kind === "unusable") return certificate;
  const secure = url === undefined ? settings.smtpSecure : url.protocol === "smtps:";
  const hasLogin = login.kind === "login";
  const isGuarded = !settings.smtpInsecure && (hasLogin || certificate.kind === "read");
  const server: MailServer = {
    host,
    port: portOf(url, settings, secure, hasLogin),
    helo: heloOf(settings, os.hostname()),
    secure,
    needsTls: isGuarded,
    verifies: isGuarded || (secure && !settings.smtpInsecure),
    ...(certificate.kind === "read" ? { ca: certificate.text } : {}),
    ...(hasLogin ? { login: { user: login.user, password: login.password } } : {}),
  };
  return { kind: "server", server, warnings: hasLogin ? login.warnings : [] };
}

type Login =
  | {
      readonly kind: "login";
      readonly user: string;
      readonly password: string;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "none" };

function loginOf(settings: MailSettings, env: Environment, url: URL | undefined): Login | Unusable {
  const user = settings.smtpUser ?? (url?.username === "" ? undefined : decoded(url?.username));
  if (user === undefined) return { kind: "none" };
  const password = passwordOf(settings, env, decoded(url?.password));
  if (password.kind === "unusable") return password;
  const warnings = password.isReadableByOthers
    ? [`${settings.smtpPasswordFile} can be read by others: chmod 600`]
    : [];
  return { kind: "login", user, password: password.text, warnings };
}

function certificateOf({ smtpCaFile }: MailSettings): FileText | { readonly kind: "none" } {
  if (smtpCaFile === undefined) return { kind: "none" };
  const read = readText(smtpCaFile);
  return read.kind === "read" ? read : unusable(`Smtp_Ca_File ${smtpCaFile} cannot be used: it ${read.why}`);
}

function portOf(url: URL | undefined, settings: MailSettings, secure: boolean, hasLogin: boolean): number {
  const written = url === undefined || url.port === "" ? settings.smtpPort : Number(url.port);
  if (written !== undefined) return written;
  if (secure) return 465;
  return hasLogin ? 587 : 25;
}

function passwordOf(settings: MailSettings, env: Environment, fromUrl: string | undefined): FileText {
  const named = env["QM_SMTP_PASSWORD"];
  if (named !== undefined && named !== "") return hidden(named);
  const file = settings.smtpPasswordFile;
  if (file !== undefined) {
    const read = readText(file);
    if (read.kind === "unusable")
      return unusable(`Smtp_Password_File ${file} cannot be used: it ${read.why}`);
    return { ...read, text: read.text.replace(/\r?\n$/, "") };
  }
  if (fromUrl !== undefined && fromUrl !== "") return hidden(fromUrl);
  return unusable(
    "Smtp_User is set, but no password: set Smtp_Password_File, or QM_SMTP_PASSWORD in the environment",
  );
}

function hidden(text: string): FileText {
  return { kind: "read", text, isReadableByOthers: false };
}

// By its real path: where secrets are handed to services, links lead to them.
function readText(file: string): FileText {
  try {
    const real = fs.realpathSync(file);
    const read = readRegularFile(real, MAX_FILE_BYTES);
    if (read.kind === "absent") return unusable("is not there");
    if (read.kind === "refused") return unusable(read.why);
    const isReadableByOthers = (fs.statSync(real).mode & 0o077) !== 0;
    return { kind: "read", text: read.bytes.toString("utf8"), isReadableByOthers };
  } catch {
    return unusable("is not there");
  }
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unusable(why: string): Unusable {
  return { kind: "unusable", why };
}

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
