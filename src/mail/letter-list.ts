import fs from "node:fs";
import path from "node:path";
import type { ListedLetter } from "../job/listed-letter.ts";
import { letterFolders, letterNames, readLetter } from "./letter-files.ts";
import type { StoredLetter } from "./stored-letter.ts";

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
      letterNames(folder)
        .filter((name) => name.endsWith(`-${id}.json`))
        .map((name) => path.join(folder, name)),
    );
    for (const file of files) fs.rmSync(file, { force: true });
    return files.length > 0;
  });
}

function lettersIn(folder: string, state: ListedLetter["state"]): ListedLetter[] {
  return letterNames(folder).flatMap((name) => {
    const found = readLetter(path.join(folder, name));
    return found.kind === "letter" ? [listed(found.letter, state)] : [];
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
