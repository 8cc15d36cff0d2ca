import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../../disk/error-code.ts";
import { QmError } from "../../text/errors.ts";
import { isManagersOwn } from "../books/job-records.ts";

/** Contents of files by their paths below a job's folder, with slashes. */
export type GivenFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Writes files into the folder of a job that is made for a command; what begins with `#!` can be executed. Throws `usage` for a path
 * that leads out of the folder, is the manager's own, or is taken.
 * @param reserved names of info files: none may take the place of the one that was made
 */
export function writeGivenFiles(folder: string, files: GivenFiles, reserved: readonly string[]): void {
  for (const [name, content] of Object.entries(files)) {
    refuseUnlessFree(name, reserved);
    const file = path.join(folder, name);
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content, { flag: "wx", mode: isScript(content) ? 0o755 : 0o644 });
    } catch (error) {
      const code = errorCode(error);
      if (code === "EEXIST" || code === "ENOTDIR") throw unusable(name, "is taken by another file");
      throw error;
    }
  }
}

function refuseUnlessFree(name: string, reserved: readonly string[]): void {
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..") || name.includes("\0"))
    throw unusable(name, "leads out of the job's folder, or nowhere");
  const isOurs = isManagersOwn(name) || reserved.includes(name) || /^(?:QM_|\.qm$)/.test(parts[0] ?? "");
  if (isOurs) throw unusable(name, "is a name that QueueManager uses itself");
}

function unusable(name: string, why: string): QmError {
  return new QmError("usage", `the file «${name}» ${why}`, {
    mend: "give it another name, as a path below the job's folder such as data/input.csv",
  });
}

function isScript(content: string | Uint8Array): boolean {
  return Buffer.from(content.slice(0, 2)).toString("latin1") === "#!";
}
