import fs from "node:fs";
import os from "node:os";
import { readRegularFile } from "../disk/safe-read.ts";
import type { MailSettings } from "../job/job-info.ts";
import { tryOr } from "../text/try-or.ts";
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

/** Thrown where the server that is named cannot be used. */
class Unusable extends Error {}

interface FileText {
  readonly text: string;
  readonly isReadableByOthers: boolean;
}

const MAX_FILE_BYTES = 1024 * 1024;

/** Finds the mail server with its password, which is read anew each time: it may have been changed meanwhile. */
export function serverOf(settings: MailSettings, env: Environment): ServerAnswer {
  try {
    return namedServer(settings, env);
  } catch (error) {
    if (error instanceof Unusable) return { kind: "unusable", why: error.message };
    throw error;
  }
}

function namedServer(settings: MailSettings, env: Environment): ServerAnswer {
  const url = settings.smtpUrl === undefined ? undefined : new URL(settings.smtpUrl);
  const host = (url?.hostname ?? settings.smtpHost)?.replace(/^\[(.*)\]$/, "$1");
  if (host === undefined) throw new Unusable("no mail server is named: set Smtp or Smtp_Host in [Mail]");
  const user = settings.smtpUser ?? (url?.username === "" ? undefined : decoded(url?.username));
  const password = user === undefined ? undefined : passwordOf(settings, env, decoded(url?.password));
  const ca = certificateOf(settings);
  const secure = url === undefined ? settings.smtpSecure : url.protocol === "smtps:";
  const isGuarded = !settings.smtpInsecure && (password !== undefined || ca !== undefined);
  const server: MailServer = {
    host,
    port: portOf(url, settings, secure, password !== undefined),
    helo: heloOf(settings, os.hostname()),
    secure,
    needsTls: isGuarded,
    verifies: isGuarded || (secure && !settings.smtpInsecure),
    ...(ca === undefined ? {} : { ca }),
    ...(user === undefined || password === undefined ? {} : { login: { user, password: password.text } }),
  };
  const warnings = password?.isReadableByOthers
    ? [`${settings.smtpPasswordFile} can be read by others: chmod 600`]
    : [];
  return { kind: "server", server, warnings };
}

function certificateOf({ smtpCaFile: file }: MailSettings): string | undefined {
  return file === undefined ? undefined : readText("Smtp_Ca_File", file).text;
}

function portOf(url: URL | undefined, settings: MailSettings, secure: boolean, hasLogin: boolean): number {
  const written = url === undefined || url.port === "" ? settings.smtpPort : Number(url.port);
  if (written !== undefined) return written;
  if (secure) return 465;
  return hasLogin ? 587 : 25;
}

function passwordOf(settings: MailSettings, env: Environment, fromUrl: string | undefined): FileText {
  const named = env["QM_SMTP_PASSWORD"];
  if (named !== undefined && named !== "") return { text: named, isReadableByOthers: false };
  const file = settings.smtpPasswordFile;
  if (file !== undefined) {
    const read = readText("Smtp_Password_File", file);
    return { ...read, text: read.text.replace(/\r?\n$/, "") };
  }
  if (fromUrl !== undefined && fromUrl !== "") return { text: fromUrl, isReadableByOthers: false };
  throw new Unusable(
    "Smtp_User is set, but no password: set Smtp_Password_File, or QM_SMTP_PASSWORD in the environment",
  );
}

// By its real path: where secrets are handed to services, links lead to them.
function readText(key: string, file: string): FileText {
  const unusable = (why: string) => new Unusable(`${key} ${file} cannot be used: it ${why}`);
  try {
    const real = fs.realpathSync(file);
    const read = readRegularFile(real, MAX_FILE_BYTES);
    if (read.kind === "absent") throw unusable("is not there");
    if (read.kind === "refused") throw unusable(read.why);
    const isReadableByOthers = (fs.statSync(real).mode & 0o077) !== 0;
    return { text: read.bytes.toString("utf8"), isReadableByOthers };
  } catch (error) {
    throw error instanceof Unusable ? error : unusable("is not there");
  }
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return tryOr(() => decodeURIComponent(text), text);
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
