import fs from "node:fs";
import { writeFileAtomically } from "../files/durable.ts";
import { errorCode } from "../files/error-code.ts";
import { readRegularFile } from "../files/safe-read.ts";

/** How the manager is to stop: leave jobs running, let them end first, or end them. */
export type StopMode = "leave" | "drain" | "kill";

/** What the manager can be asked to do about mails: try all of them now, or see what somebody took out of the outbox. */
export type MailRequest = "send" | "look";

const STOP_MODES: readonly StopMode[] = ["leave", "drain", "kill"];
const MAX_REQUEST_BYTES = 64;

/** Asks the manager to stop, by a file in its state folder. Throws what the file system throws. */
export function leaveStopRequest(file: string, mode: StopMode): void {
  try {
    writeFileAtomically(file, `${mode}\n`);
  } catch (error) {
    const isFull = errorCode(error) === "ENOSPC" || errorCode(error) === "EDQUOT";
    if (mode !== "leave" || !isFull) throw error;
    // An empty request asks for the mildest way, and needs no room.
    fs.writeFileSync(file, "");
  }
}

/** Takes a request to stop; anything but a known word means the mildest way. Throws what the file system throws. */
export function takeStopRequest(file: string): StopMode | undefined {
  const word = takeWord(file);
  return word === undefined ? undefined : (STOP_MODES.find((mode) => mode === word) ?? "leave");
}

/** Asks the manager to see to the mails, by a file in its state folder. Throws what the file system throws. */
export function leaveMailRequest(file: string, request: MailRequest): void {
  writeFileAtomically(file, `${request}\n`);
}

/** Takes a request about mails; anything but a known word means to look. Throws what the file system throws. */
export function takeMailRequest(file: string): MailRequest | undefined {
  const word = takeWord(file);
  if (word === undefined) return undefined;
  return word === "send" ? "send" : "look";
}

// A request that a disk in trouble hides for now stays for the next look.
function takeWord(file: string): string | undefined {
  const read = readRegularFile(file, MAX_REQUEST_BYTES);
  if (read.kind === "absent" || (read.kind === "refused" && read.isTrouble)) return undefined;
  fs.rmSync(file, { force: true, recursive: true });
  return read.kind === "read" ? read.bytes.toString("utf8").trim() : "";
}
