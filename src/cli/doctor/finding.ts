/** The result of one check. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** The thing that was checked: "file system". */
  readonly subject: string;
  readonly text: string;
  /** Advice how to mend it; absent when there is nothing to mend. */
  readonly mend?: string;
}

/** The finding that all is as it should be. */
export function fine(subject: string, text: string): Finding {
  return { level: "ok", subject, text };
}

/** Jobs run, but something ought to be mended. */
export function warning(subject: string, text: string, mend: string): Finding {
  return { level: "warn", subject, text, mend };
}

/** Jobs cannot run, or mails not be sent, until this is mended. */
export function failure(subject: string, text: string, mend: string): Finding {
  return { level: "fail", subject, text, mend };
}
