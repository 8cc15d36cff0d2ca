import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { ifThere } from "../disk/error-code.ts";
import { readRegularFile } from "../disk/safe-read.ts";
import { isLetterName, type ListedLetter } from "../job/letter.ts";
import { parseJson } from "../text/parse-json.ts";
import { withoutUndefined } from "../text/without-undefined.ts";

const storedLetterSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{24}$/),
  /**
   * One that is not about a job makes no further letter when it cannot be delivered; a summary of what was held back
   * is never held back itself.
   */
  about: z.enum(["job", "manager", "summary"]),
  createdAt: z.iso.datetime(),
  messageId: z.string().regex(/^<[0-9a-f]{24}@[a-z0-9.-]+>$/),
  to: z.array(z.string()).readonly(),
  /** Recipients that have not got it yet. */
  pending: z.array(z.string()).readonly(),
  /** Recipients that will not get it, and why. */
  refused: z.array(z.object({ address: z.string(), why: z.string() })).readonly(),
  subject: z.string(),
  text: z.string(),
  html: z.string().exactOptional(),
  job: z.string().exactOptional(),
  outcome: z.string().exactOptional(),
  /** The reason why the last try left somebody pending. */
  lastAnswer: z.string().exactOptional(),
});

/** A letter as it lies in the outbox: ready to be sent, with who still is to get it. */
export type StoredLetter = z.infer<typeof storedLetterSchema>;

const MAX_LETTER_BYTES = 1024 * 1024;

/** A letter's file as it was found. */
export type FoundLetter =
  | { readonly kind: "letter"; readonly letter: StoredLetter }
  | { readonly kind: "absent" }
  | { readonly kind: "strange"; readonly why: string };

/** The folders below the outbox for letters that are not to be sent. */
export function letterFolders(outbox: string): { readonly undelivered: string; readonly strange: string } {
  return { undelivered: path.join(outbox, "undelivered"), strange: path.join(outbox, "strange") };
}

/** The names of the letters in a folder, oldest first; none where there is no folder. Throws what the file system throws. */
export function letterNames(folder: string): string[] {
  return (ifThere(() => fs.readdirSync(folder)) ?? []).filter(isLetterName).sort();
}

/** Reads a letter's file. */
export function readLetter(file: string): FoundLetter {
  const read = readRegularFile(file, MAX_LETTER_BYTES);
  if (read.kind === "absent") return read;
  if (read.kind === "refused") return { kind: "strange", why: read.why };
  const letter = parseJson(storedLetterSchema, read.bytes.toString("utf8"));
  return letter === undefined ? { kind: "strange", why: "is no letter" } : { kind: "letter", letter };
}

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
  return withoutUndefined({ id, state, createdAt, subject, to, pending, refused, job, lastAnswer });
}
