import fs from "node:fs";
import os from "node:os";

/** Whether the manager may write into a folder, or may give itself the right as its owner. */
export function mayWriteInto(folder: string | Buffer): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return true;
  } catch {
    return fs.lstatSync(folder).uid === process.geteuid?.();
  }
}

/** The name of the user that this program runs as; its number where the system knows no name, as in a container. */
export function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return String(process.geteuid?.() ?? "unknown");
  }
}
