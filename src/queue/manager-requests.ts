import fs from "node:fs";
import path from "node:path";
import { writeFileAtomically } from "../disk/durable.ts";
import { isNoRoom } from "../disk/error-code.ts";
import { refreshNames } from "../disk/fresh-look.ts";
import { readRegularFile } from "../disk/safe-read.ts";
import { makeRequestOfSpare } from "./spare-requests.ts";

/** The way in which the manager is to stop: leave jobs running, let them end first, or end them. */
export type StopMode = "leave" | "drain" | "kill";

/** The wishes about mails: to try all of them now, or to see what somebody took out of the outbox. */
export type MailRequest = "send" | "look";

const STOP_MODES: readonly StopMode[] = ["leave", "drain", "kill"];
/** The modes that an empty file of the usual name does not mean, the sternest first. */
const WORDLESS_MODES: readonly StopMode[] = ["kill", "drain"];
const MAX_REQUEST_BYTES = 256;

/**
 * Asks the manager to stop, by a file in its state folder. Throws what the file system throws.
 * @param by who asks
 */
export function leaveStopRequest(file: string, mode: StopMode, by = ""): void {
  const text = by === "" ? `${mode}\n` : `${mode}\n${by}\n`;
  try {
    writeFileAtomically(file, text);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    if (!makeRequestOfSpare(file, text)) fs.writeFileSync(wordlessFile(file, mode), "");
  }
}

/**
 * Takes a request to stop; anything but a known word means the mildest way. Of several the sternest counts. `by` is the person who
 * asks, as far as the request says so. Throws what the file system throws.
 */
export function takeStopRequest(file: string): { mode: StopMode; by: string | undefined } | undefined {
  refreshNames(path.dirname(file));
  const lines = takeLines(file);
  const [wordless] = WORDLESS_MODES.filter((mode) => takeLines(wordlessFile(file, mode)) !== undefined);
  if (wordless === undefined && lines === undefined) return undefined;
  const [word, by] = lines ?? [];
  return { mode: wordless ?? STOP_MODES.find((mode) => mode === word) ?? "leave", by };
}

/** True where one of the names in its folder is a request to stop. */
export function asksToStop(names: readonly string[], file: string): boolean {
  return stopFiles(file).some((each) => names.includes(path.basename(each)));
}

/** Takes every request to stop away: it was meant for another manager. Throws what the file system throws. */
export function withdrawStopRequest(file: string): void {
  for (const request of stopFiles(file)) fs.rmSync(request, { force: true, recursive: true });
}

/** Asks the manager to see to the mails, by a file in its state folder. Throws what the file system throws. */
export function leaveMailRequest(file: string, request: MailRequest): void {
  try {
    writeFileAtomically(file, `${request}\n`);
  } catch (error) {
    if (!isNoRoom(error) || !makeRequestOfSpare(file, `${request}\n`)) throw error;
  }
}

/** Takes a request about mails; anything but a known word means to look. Throws what the file system throws. */
export function takeMailRequest(file: string): MailRequest | undefined {
  const lines = takeLines(file);
  if (lines === undefined) return undefined;
  return lines[0] === "send" ? "send" : "look";
}

/** All files that ask to stop. */
function stopFiles(file: string): string[] {
  return [file, ...WORDLESS_MODES.map((mode) => wordlessFile(file, mode))];
}

/** The request that says by its name what it asks for: empty, it needs no room. */
function wordlessFile(file: string, mode: StopMode): string {
  return mode === "leave" ? file : `${file}-${mode}`;
}

// A request that a disk in trouble hides for now stays for the next look.
function takeLines(file: string): string[] | undefined {
  const read = readRegularFile(file, MAX_REQUEST_BYTES);
  if (read.kind === "absent" || (read.kind === "refused" && read.isTrouble)) return undefined;
  fs.rmSync(file, { force: true, recursive: true });
  const text = read.kind === "read" ? read.bytes.toString("utf8") : "";
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim());
}
