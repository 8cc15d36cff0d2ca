/** The moments of `mail_on`. */
export const MAIL_MOMENTS = ["end", "fail", "start", "all", "none"] as const;

/** When the owner wants a mail. `end` covers every outcome, `fail` every one but `done`. */
export type MailMoment = (typeof MAIL_MOMENTS)[number];

/** What a job's info file asks for, checked and with its defaults filled in. */
export interface JobInfo {
  /** The info file's name inside the job's folder. */
  readonly infoFile: string;
  /** Command line for the shell, run with the job's folder as working directory. */
  readonly script: string;
  /** Processors wanted, 1 or more; not yet lowered to the machine's limit. */
  readonly processors: number;
  /** Addresses of `e_mail`, in their order; empty when none is given. */
  readonly mailTo: readonly string[];
  readonly description: string;
  /** Higher runs first. */
  readonly priority: number;
  /** The user's own measure of size, shown and never interpreted. */
  readonly size?: string;
  readonly timeLimitSeconds?: number;
  /** The configuration's `Mail_On` when absent. */
  readonly mailOn?: readonly MailMoment[];
  /** Seconds between TERM and KILL; the configuration's `Kill_Grace` when absent. */
  readonly killGraceSeconds?: number;
}

/** Who a job counts for in fair share and lists: its first address, else `unknown`. */
export function ownerOf(info: Pick<JobInfo, "mailTo">): string {
  return info.mailTo[0] ?? "unknown";
}
