import { spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterTest } from "./tidy-up.ts";
import { orSkip } from "./tools.ts";

const NOBODY = 65_534;

/** A temporary folder that every user may enter, removed after the test. */
export function scratchFolder(below = os.tmpdir()): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(below, "qm-test-")));
  fs.chmodSync(folder, 0o755);
  afterTest(() => {
    spawnSync("chmod", ["-R", "u+rwx", folder]);
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes files, with the folders that they need, by relative path; a path that ends with `/` is a folder. */
export function fill(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [relative, text] of Object.entries(files)) {
    const file = path.join(folder, relative);
    fs.mkdirSync(relative.endsWith("/") ? file : path.dirname(file), { recursive: true });
    if (!relative.endsWith("/")) fs.writeFileSync(file, text);
  }
  return folder;
}

/** Makes a FIFO, as only a program of its own can. */
export function makeFifo(file: string): string {
  const made = spawnSync("mkfifo", [file]);
  if (made.status !== 0) throw new Error(`mkfifo failed: ${made.stderr.toString()}`);
  return file;
}

/** Runs something while a socket of this path is there. */
export async function withSocket(file: string, look: () => void): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(file, resolve));
  try {
    look();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const isRoot = process.geteuid?.() === 0;

/** True if a test can act as two users, as {@link orSkip}. */
export function rootOrSkip(): boolean {
  return orSkip(isRoot, "root, to act as another user");
}

/** Another file system than that of the temporary folders, for moves across, as {@link orSkip}. */
export function otherFileSystemOrSkip(): string | undefined {
  const candidate = "/dev/shm";
  const found = fs.statSync(candidate, { throwIfNoEntry: false });
  const isOther = found !== undefined && found.dev !== fs.statSync(os.tmpdir()).dev;
  return orSkip(isOther, "a second file system at /dev/shm") ? candidate : undefined;
}

/** Runs something as a user to whom permissions apply: as root, as somebody else meanwhile. */
export function asOrdinaryUser<T>(act: () => T): T {
  if (!isRoot) return act();
  process.seteuid?.(NOBODY);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
  }
}

/** Gives a file or folder to the user that {@link asOrdinaryUser} acts as. */
export function giveToOrdinaryUser(...files: readonly string[]): void {
  if (isRoot) for (const file of files) fs.chownSync(file, NOBODY, NOBODY);
}

/** The names in a folder, sorted. */
export function namesIn(folder: string): string[] {
  return fs.readdirSync(folder).sort();
}
