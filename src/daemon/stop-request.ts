import fs from "node:fs";
import { readRegularFile } from "../files/safe-read.ts";

/** How the daemon is to stop: leave jobs running, let them end first, or end them. */
export type StopMode = "leave" | "drain" | "kill";

const MODES: readonly StopMode[] = ["leave", "drain", "kill"];

/** Takes a request to stop that lies in the state folder; anything but a known word means the mildest way. */
export function takeStopRequest(file: string): StopMode | undefined {
  const read = readRegularFile(file, 64);
  if (read.kind === "absent" || (read.kind === "refused" && read.isTrouble)) return undefined;
  fs.rmSync(file, { force: true, recursive: true });
  const word = read.kind === "read" ? read.bytes.toString("utf8").trim() : "";
  return MODES.find((mode) => mode === word) ?? "leave";
}
