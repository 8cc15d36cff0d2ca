import fs from "node:fs";
import path from "node:path";
import { readRegularFile } from "../disk/safe-read.ts";
import { isLetterName } from "../job/letter-name.ts";
import { parseStoredLetter, type StoredLetter } from "./stored-letter.ts";

const MAX_LETTER_BYTES = 1024 * 1024;

/** A letter's file as it was found. */
export type FoundLetter =
  | { readonly kind: "letter"; readonly letter: StoredLetter }
  | { readonly kind: "absent" }
  | { readonly kind: "strange"; readonly why: string };

/** Where letters lie that are not to be sent, below the outbox. */
export function letterFolders(outbox: string): { readonly undelivered: string; readonly strange: string } {
  return { undelivered: path.join(outbox, "undelivered"), strange: path.join(outbox, "strange") };
}

/** The names of the letters in a folder, oldest first; none where there is no folder. Throws what the file system throws. */
export function letterNames(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter(isLetterName).sort() : [];
}

/** Reads a letter's file. */
export function readLetter(file: string): FoundLetter {
  const read = readRegularFile(file, MAX_LETTER_BYTES);
  if (read.kind === "absent") return read;
  if (read.kind === "refused") return { kind: "strange", why: read.why };
  const letter = parseStoredLetter(read.bytes.toString("utf8"));
  return letter === undefined ? { kind: "strange", why: "is no letter" } : { kind: "letter", letter };
}
