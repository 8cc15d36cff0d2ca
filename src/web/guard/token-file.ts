import crypto from "node:crypto";
import fs from "node:fs";
import { isNoRoom } from "../../disk/error-code.ts";
import { openTokens, readToken, type Tokens, tokensOf } from "./token.ts";

/** Whoever writes a token into the file has done so by then. */
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
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = fs.lstatSync(file);
    return `${dev}:${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return undefined;
  }
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
  try {
    return isBeingWritten(file) ? undefined : openOr(unwritten, file);
  } catch {
    return undefined;
  }
}

// A shell empties a file before it writes: what is no token yet must not be replaced.
function isBeingWritten(file: string): boolean {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true || Math.abs(Date.now() - found.mtimeMs) > WRITING_MS) return false;
  return readToken(file) === undefined;
}
