/** One letter of the outbox as `qm mail` shows it. */
export interface ListedLetter {
  readonly id: string;
  readonly state: "waiting" | "undelivered";
  readonly createdAt: string;
  readonly subject: string;
  readonly to: readonly string[];
  /** Addresses that have not got it yet. */
  readonly pending: readonly string[];
  /** Addresses that will not get it. */
  readonly refused: readonly { readonly address: string; readonly why: string }[];
  readonly job?: string;
  /** The mail server's last answer to it. */
  readonly lastAnswer?: string;
}

/** The name of a letter's file: names in order are letters in the order in which they were made. */
export function letterName({ createdAt, id }: { readonly createdAt: string; readonly id: string }): string {
  return `${createdAt.replaceAll(/[-:]/g, "")}-${id}.json`;
}

/** True for a file's name that is a letter's. */
export function isLetterName(name: string): boolean {
  return NAME.test(name);
}

/** The time at which the letter of this name was made, in milliseconds since 1970. */
export function createdAtMs(name: string): number {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z-[0-9a-f]{24}\.json$/;
