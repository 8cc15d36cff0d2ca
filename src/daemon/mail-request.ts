import fs from "node:fs";
import { readRegularFile } from "../files/safe-read.ts";

/** What the daemon can be asked to do about mails: try all of them now, or see what somebody took out of the outbox. */
type MailRequest = "send" | "look";

/** Takes a request about mails that lies in the state folder. Throws what the file system throws. */
export function takeMailRequest(file: string): MailRequest | undefined {
  const read = readRegularFile(file, 64);
  if (read.kind === "absent") return undefined;
  fs.rmSync(file, { force: true, recursive: true });
  const word = read.kind === "read" ? read.bytes.toString("utf8").trim() : "";
  return word === "send" ? "send" : "look";
}
