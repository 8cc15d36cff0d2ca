import fs from "node:fs";
import path from "node:path";
import { isLetterName } from "../core/letter-name.ts";

/** No letter is longer. */
export const MAX_LETTER_BYTES = 1024 * 1024;

/** Where letters lie that are not to be sent, below the outbox. */
export function letterFolders(outbox: string): { readonly undelivered: string; readonly strange: string } {
  return { undelivered: path.join(outbox, "undelivered"), strange: path.join(outbox, "strange") };
}

/** The names of the letters in a folder, oldest first; none where there is no folder. Throws what the file system throws. */
export function letterNamesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter(isLetterName).sort() : [];
}
