/** One letter of the outbox as `qm mail` shows it. */
export interface ListedLetter {
  readonly id: string;
  readonly state: "waiting" | "undelivered";
  readonly createdAt: string;
  readonly subject: string;
  readonly to: readonly string[];
  /** Who has not got it yet. */
  readonly pending: readonly string[];
  /** Who will not get it. */
  readonly refused: readonly { readonly address: string; readonly why: string }[];
  readonly job?: string;
  /** What the mail server last said to it. */
  readonly lastAnswer?: string;
}
