import * as z from "zod";

/** The moments of `mail_on`. */
export const MAIL_MOMENTS = ["end", "fail", "start", "all", "none"] as const;

/** When the owner wants a mail. `end` covers every outcome, `fail` every one but `done`. */
export type MailMoment = (typeof MAIL_MOMENTS)[number];

/** What a job's info file asks for, checked and with its defaults filled in; also its form in the manager's own records. */
export const jobInfoSchema = z
  .object({
    /** The info file's name inside the job's folder. */
    infoFile: z.string(),
    /** Command line for the shell, run with the job's folder as working directory. */
    script: z.string(),
    /** Processors wanted, 1 or more; not yet lowered to the machine's limit. */
    processors: z.number().int().positive(),
    /** Addresses of `e_mail`, in their order; empty when none is given. */
    mailTo: z.array(z.string()).readonly(),
    /** As `owner` says, else the user of the folder where no address is given; see `ownerOf`. */
    owner: z.string().exactOptional(),
    description: z.string(),
    /** Higher runs first. */
    priority: z.number().int(),
    /** The user's own measure of size, shown and never interpreted. */
    size: z.string().exactOptional(),
    timeLimitSeconds: z.number().positive().exactOptional(),
    /** The configuration's `Mail_On` when absent. */
    mailOn: z.array(z.enum(MAIL_MOMENTS)).readonly().exactOptional(),
    /** Seconds between TERM and KILL; the configuration's `Kill_Grace` when absent. */
    killGraceSeconds: z.number().nonnegative().exactOptional(),
    /** Oddities of the info file, in plain words; the job runs all the same. */
    warnings: z.array(z.string()).readonly().exactOptional(),
  })
  .readonly();

/** What a job's info file asks for, checked and with its defaults filled in. */
export type JobInfo = z.infer<typeof jobInfoSchema>;

/** Whom a job belongs to, and who hears of it. */
export interface Person {
  readonly owner?: string | undefined;
  /** Addresses. */
  readonly mailTo: readonly string[];
}

/** The owner for whom a job counts in fair share and lists: its `owner`, else its first address, else `unknown`. */
export function ownerOf({ owner, mailTo }: Person): string {
  return owner ?? mailTo[0] ?? "unknown";
}

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
