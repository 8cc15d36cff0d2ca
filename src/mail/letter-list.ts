import fs from "node:fs";
import path from "node:path";
import type { ListedLetter } from "../core/listed-letter.ts";
import { readRegularFile } from "../files/safe-read.ts";
import { letterFolders, letterNamesIn, MAX_LETTER_BYTES } from "./letter-files.ts";
import { parseStoredLetter, type StoredLetter } from "./stored-letter.ts";

/** Every letter of an outbox, those that could not be delivered first, oldest first. Throws what the file system throws. */
export function listLetters(outbox: string): readonly ListedLetter[] {
  const { undelivered } = letterFolders(outbox);
  return [...lettersIn(undelivered, "undelivered"), ...lettersIn(outbox, "waiting")];
}

/** Throws letters away, by their ids; gives the ids of those that were there. Throws what the file system throws. */
export function dropLetters(outbox: string, ids: readonly string[]): readonly string[] {
  const { undelivered } = letterFolders(outbox);
  return ids.filter((id) => {
    const files = [undelivered, outbox].flatMap((folder) =>
      letterNamesIn(folder)
        .filter((name) => name.endsWith(`-${id}.json`))
        .map((name) => path.join(folder, name)),
    );
    for (const file of files) fs.rmSync(file, { force: true });
    return files.length > 0;
  });
}

function lettersIn(folder: string, state: ListedLetter["state"]): ListedLetter[] {
  return letterNamesIn(folder).flatMap((name) => {
    const read = readRegularFile(path.join(folder, name), MAX_LETTER_BYTES);
    const letter = read.kind === "read" ? parseStoredLetter(read.bytes.toString("utf8")) : undefined;
    return letter === undefined ? [] : [listed(letter, state)];
  });
}

function listed(letter: StoredLetter, state: ListedLetter["state"]): ListedLetter {
  const { id, createdAt, subject, to, pending, refused, job, lastAnswer } = letter;
  return {
    id,
    state,
    createdAt,
    subject,
    to,
    pending,
    refused,
    ...(job === undefined ? {} : { job }),
    ...(lastAnswer === undefined ? {} : { lastAnswer }),
  };
}
