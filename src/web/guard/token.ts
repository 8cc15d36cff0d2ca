import crypto from "node:crypto";
import fs from "node:fs";
import { errorCode, isNoRoom } from "../../disk/error-code.ts";
import { readRegularText } from "../../disk/safe-read.ts";
import { QmError } from "../../text/errors.ts";
import { tryOr } from "../../text/try-or.ts";

const MAX_TOKEN_BYTES = 1000;
/** A text that may stand in an `Authorization` header, and is long enough not to be guessed. */
const TOKEN_FORM = /^[\w.~+/=-]{20,}$/;

/** Secrets by which the page knows who may act. */
export interface Tokens {
  /** The token of programs, from the file `.qm/api-token`. */
  readonly api: string;
  /** The token of the page's own forms: of no use without reading the page. */
  readonly form: string;
}

/**
 * Reads the token file, or makes it, readable by its owner alone; what is no token is replaced. Throws `failed` where
 * the file is another user's secret, otherwise what the file system throws.
 */
export function openTokens(file: string): Tokens {
  return tokensOf(readToken(file) ?? makeToken(file));
}

/** The tokens that belong to one for programs. */
function tokensOf(api: string): Tokens {
  return { api, form: crypto.createHmac("sha256", api).update("form").digest("base64url") };
}

/** Compares secrets in a time that does not depend on where they differ. */
export function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => crypto.createHash("sha256").update(text).digest();
  return crypto.timingSafeEqual(digest(given), digest(secret));
}

/** The token in the file; undefined where there is none that can be read. */
function readToken(file: string): string | undefined {
  const text = readRegularText(file, MAX_TOKEN_BYTES).trim();
  return TOKEN_FORM.test(text) ? text : undefined;
}

// Written beside it first, so that another page process never reads half a token.
function makeToken(file: string): string {
  if (isKeptFromUs(file)) throw keptFromUs(file);
  const token = crypto.randomBytes(32).toString("base64url");
  const written = `${file}.${crypto.randomUUID()}`;
  try {
    fs.writeFileSync(written, `${token}\n`, { flag: "wx", mode: 0o600 });
    return place(file, written, token);
  } finally {
    fs.rmSync(written, { force: true });
  }
}

function place(file: string, written: string, token: string): string {
  try {
    fs.linkSync(written, file);
    return token;
  } catch {
    return readToken(file) ?? replace(file, written, token);
  }
}

function keptFromUs(file: string): QmError {
  return new QmError("failed", "the page may not read its token, which belongs to another user", {
    path: file,
    mend: "run the page as the user who runs the manager",
  });
}

// There is something else of that name, or a file system without links.
function replace(file: string, written: string, token: string): string {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    fs.rmSync(file, { recursive: true });
  fs.renameSync(written, file);
  return token;
}

function isKeptFromUs(file: string): boolean {
  try {
    if (fs.lstatSync(file).isFile()) fs.closeSync(fs.openSync(file, fs.constants.O_NOFOLLOW));
    return false;
  } catch (error) {
    return errorCode(error) === "EACCES";
  }
}

/** Time within which a token is written into the file. */
const WRITING_MS = 2000;

/**
 * The tokens as the file has them now; one that is gone is made anew. While it can be neither read nor made, or is just
 * being written, they are such as nobody knows, as those of before may have been taken back; on a disk without room for the
 * file, the same ones each time, so that the page can be used. Throws as {@link openTokens}, now but not later.
 */
export function followTokens(file: string): () => Tokens {
  let stamp = stampOf(file);
  const unwritten = tokensOf(crypto.randomUUID());
  let known = openOr(unwritten, file);
  return () => {
    const now = stampOf(file);
    if (now !== undefined && now === stamp) return known;
    const found = readAnew(unwritten, file);
    stamp = found === undefined ? undefined : now;
    known = found ?? tokensOf(crypto.randomUUID());
    return known;
  };
}

/** Another one when the file has been written to or replaced; undefined where there is none to be seen. */
function stampOf(file: string): string | undefined {
  const found = tryOr(() => fs.lstatSync(file), undefined);
  return found && `${found.dev}:${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

function openOr(unwritten: Tokens, file: string): Tokens {
  try {
    return openTokens(file);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    return unwritten;
  }
}

function readAnew(unwritten: Tokens, file: string): Tokens | undefined {
  return tryOr(() => (isBeingWritten(file) ? undefined : openOr(unwritten, file)), undefined);
}

// A shell empties a file before it writes: what is no token yet must not be replaced.
function isBeingWritten(file: string): boolean {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true || Math.abs(Date.now() - found.mtimeMs) > WRITING_MS) return false;
  return readToken(file) === undefined;
}
