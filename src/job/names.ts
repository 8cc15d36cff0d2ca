import { isSystemName } from "./system-names.ts";

/** Longest file name, in bytes of UTF-8, on the file systems in use. */
export const MAX_NAME_BYTES = 255;

/** In any case of letters. */
const IGNORED_ENDING = /\.(?:part|filepart|tmp)$/i;

/** Names that are never jobs: hidden, temporary, or a system's own. */
export function isIgnoredName(name: string): boolean {
  return /^[.~]/.test(name) || IGNORED_ENDING.test(name) || isSystemName(foldName(name));
}

/** The name that a temporary name (`.name`, `name.part`, …) is to become, where the form tells. */
export function finalNameOf(temporary: string): string | undefined {
  const shown = temporary.replace(IGNORED_ENDING, "").replace(/^[.~]+/, "");
  return shown === temporary || shown === "" ? undefined : shown;
}

/**
 * The form in which two names count as the same job: without case, composed (NFC), as on SMB and macOS shares.
 * Composed once more after the change of case, as some small letters have a composed form and their capitals none.
 */
export function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}

/**
 * The name itself if it is free, else `name-2`, `name-3`, … shortened so that it still fits.
 * @param isTaken told a folded name
 */
export function freeName(name: string, isTaken: (folded: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? fitName(name, "") : fitName(name, `-${number}`);
    if (!isTaken(foldName(candidate))) return candidate;
  }
}

/** `name` plus `suffix` within 255 bytes, cut between characters. */
function fitName(name: string, suffix: string): string {
  const characters = Array.from(name);
  while (byteLength(characters.join("") + suffix) > MAX_NAME_BYTES) characters.pop();
  return characters.join("") + suffix;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
