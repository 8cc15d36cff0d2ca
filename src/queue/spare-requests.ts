import fs from "node:fs";
import path from "node:path";
import { createFile, writeOver } from "../disk/durable.ts";
import { errorCode, isNoRoom } from "../disk/error-code.ts";
import type { Layout } from "./layout.ts";

const FOLDER = path.join(".qm", "spare-requests");
const COUNT = 8;
/** No request is read that is longer than 256 bytes. */
const BLANKS = " ".repeat(255);
/** The rights of `QM_qJobs` without its sticky bit, which would keep the files of one user from the others. */
const FOLDER_RIGHTS = 0o2777;
const FILE_RIGHTS = 0o666;

/**
 * Keeps some files by which people can ask for something where no inode is free: they are renamed into the requests' places.
 * Whoever may write into the queue may use them. Never throws: without room there are those that are left.
 */
export function keepSpareRequests({ root, queue }: Pick<Layout, "root" | "queue">): void {
  const folder = path.join(root, FOLDER);
  try {
    const { mode, gid } = fs.statSync(queue);
    if (!fs.existsSync(folder)) make(() => fs.mkdirSync(folder), folder, mode & FOLDER_RIGHTS, gid);
    const there = new Set(fs.readdirSync(folder));
    for (let number = 1; number <= COUNT; number += 1) {
      const file = path.join(folder, String(number));
      if (!there.has(String(number)))
        make(() => createFile(file, BLANKS, 0o600), file, mode & FILE_RIGHTS, gid);
    }
  } catch {
    // Tried again.
  }
}

// A file that could not be written whole keeps no room.
function make(create: () => void, made: string, mode: number, gid: number): void {
  try {
    create();
  } catch (error) {
    if (isNoRoom(error)) fs.rmSync(made, { force: true });
    throw error;
  }
  if (fs.statSync(made).gid !== gid) fs.chownSync(made, -1, gid);
  fs.chmodSync(made, mode);
}

/**
 * Makes a request of a spare file, with a text in it where that may be written. False where there is none that this user may
 * take. Throws what the file system throws.
 * @param file absolute path, in `QM_FOLDER`, its `.qm` or a job's folder
 */
export function makeRequestOfSpare(file: string, text: string): boolean {
  return sparesFor(file).some((spare) => {
    try {
      fillIn(spare, text);
      fs.renameSync(spare, file);
      return true;
    } catch (error) {
      // Somebody else has taken it.
      if (errorCode(error) === "ENOENT" || errorCode(error) === "EACCES") return false;
      throw error;
    }
  });
}

function sparesFor(file: string): string[] {
  const above = [".", "..", "../.."].map((up) => path.join(path.dirname(file), up, FOLDER));
  const folder = above.find((candidate) => fs.existsSync(candidate));
  return folder === undefined ? [] : fs.readdirSync(folder).map((name) => path.join(folder, name));
}

// A request that does not tell who asks is one too.
function fillIn(spare: string, text: string): void {
  try {
    writeOver(spare, text);
  } catch (error) {
    if (!isNoRoom(error) && errorCode(error) !== "EACCES") throw error;
  }
}
