import { spawnSync } from "node:child_process";
import { QmError } from "../text/errors.ts";
import { errorCode } from "./error-code.ts";

/**
 * Locks an open file against every other process that asks for its lock, until the file is closed; false where another has it.
 * Throws `failed` where the lock cannot be asked for.
 */
export function lockFile(handle: number): boolean {
  // Node has no flock. flock(1) locks the open file that it inherits, and the lock outlives it for as long as we hold the
  // file open.
  const locked = spawnSync("flock", ["--exclusive", "--nonblock", "3"], {
    stdio: ["ignore", "ignore", "ignore", handle],
  });
  if (locked.error !== undefined) {
    const isShort = ["EMFILE", "ENFILE"].includes(errorCode(locked.error) ?? "");
    throw new QmError(
      "failed",
      `the program flock cannot be run${isShort ? ": no file handles are left" : ""}`,
      {
        tried: "lock the queue against a second manager",
        mend: isShort
          ? "raise the limit of open files (`ulimit -n 1024`)"
          : "install it (package util-linux)",
        cause: locked.error,
      },
    );
  }
  return locked.status === 0;
}
