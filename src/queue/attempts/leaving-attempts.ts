import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../../disk/error-code.ts";

/** No job has a name that begins so. */
const LEAVING = ".leaving-";

/** Whether a folder among the attempts is one that has been accounted for and is on its way out. */
export function isLeaving(name: string): boolean {
  return name.startsWith(LEAVING);
}

/**
 * The records of attempts on their way out. An attempt is gone once it is put aside; what a disk in trouble then keeps is
 * tried again, and swept up by the next daemon.
 */
export class LeavingAttempts {
  readonly #folders = new Set<string>();

  /**
   * Takes an attempt away by one rename, so that neither a crash nor a late shim ever finds an attempt with some of its records gone. Throws what
   * the file system throws; a folder that is not there is gone already.
   */
  putAside(folder: string): void {
    const aside = path.join(path.dirname(folder), `${LEAVING}${crypto.randomUUID()}`);
    try {
      fs.renameSync(folder, aside);
      this.#folders.add(aside);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }

  /** Removes what was put aside, as far as that can be done now. Never throws. */
  remove(): void {
    for (const aside of this.#folders) {
      try {
        removeFolder(aside);
        this.#folders.delete(aside);
      } catch {
        // Tried again at the next call.
      }
    }
  }
}

// An attempt almost always holds files alone: to remove these one by one is much quicker than to remove a whole tree.
function removeFolder(folder: string): void {
  try {
    for (const name of fs.readdirSync(folder)) fs.unlinkSync(path.join(folder, name));
    fs.rmdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") fs.rmSync(folder, { recursive: true, force: true });
  }
}
