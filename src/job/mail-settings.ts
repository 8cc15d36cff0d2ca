import type { MailMoment } from "./job-info.ts";

/** What the configuration says about mails; `[Mail]` with `MailActive`. */
export interface MailSettings {
  readonly active: boolean;
  /** May hold a password: never to be shown. */
  readonly smtpUrl: string | undefined;
  readonly smtpHost: string | undefined;
  readonly smtpPort: number | undefined;
  readonly smtpUser: string | undefined;
  readonly smtpSecure: boolean;
  readonly smtpPasswordFile: string | undefined;
  readonly smtpInsecure: boolean;
  readonly smtpCaFile: string | undefined;
  /** The name that this machine gives itself to the mail server. */
  readonly smtpHelo: string | undefined;
  readonly from: string | undefined;
  /** Without a slash at its end. */
  readonly pageUrl: string | undefined;
  readonly pathAs: string | undefined;
  /** For jobs that say nothing themselves. */
  readonly on: readonly MailMoment[];
  readonly admins: readonly string[];
  /** Lower case; empty allows every domain. */
  readonly allowedDomains: readonly string[];
  readonly dailyCap: number;
  readonly giveUpSeconds: number;
}
