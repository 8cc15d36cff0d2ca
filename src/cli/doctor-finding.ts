/** What one check found. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** What was looked at: "file system". */
  readonly subject: string;
  readonly text: string;
  /** How to mend it; absent when there is nothing to mend. */
  readonly mend?: string;
}

export function fine(subject: string, text: string): Finding {
  return { level: "ok", subject, text };
}

export function warning(subject: string, text: string, mend: string): Finding {
  return { level: "warn", subject, text, mend };
}

export function failure(subject: string, text: string, mend: string): Finding {
  return { level: "fail", subject, text, mend };
}
