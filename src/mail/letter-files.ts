import path from "node:path";
import type { StoredLetter } from "./stored-letter.ts";

/** Where letters lie that are not to be sent, below the outbox. */
export function letterFolders(outbox: string): { readonly undelivered: string; readonly strange: string } {
  return { undelivered: path.join(outbox, "undelivered"), strange: path.join(outbox, "strange") };
}

/** The name of a letter's file: names in order are letters in the order in which they were made. */
export function letterName({ createdAt, id }: Pick<StoredLetter, "createdAt" | "id">): string {
  return `${createdAt.replaceAll(/[-:]/g, "")}-${id}.json`;
}

/** Whether a file's name is a letter's. */
export function isLetterName(name: string): boolean {
  return NAME.test(name);
}

/** When the letter of this name was made, in milliseconds since 1970. */
export function createdAtMs(name: string): number {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z-[0-9a-f]{24}\.json$/;
