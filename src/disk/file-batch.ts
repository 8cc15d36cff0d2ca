import fs from "node:fs";
import path from "node:path";
import {
  createAnew,
  soleWritersNameOf,
  sync,
  syncFolder as syncFolderNow,
  temporaryNameOf,
  throwUnlessUnsyncable,
  writeWhole,
} from "./durable.ts";
import { openFile } from "./open-file.ts";

interface Written {
  readonly handle: number;
  readonly temporary: string;
  readonly file: string;
  /** It has its own name. */
  isPlaced: boolean;
}

/**
 * Files that become durable together: synced side by side, which costs a disk little more than one of them does. Each is
 * written aside first, so that nobody ever reads a torn one.
 */
export class FileBatch implements Disposable {
  readonly #replaced: Written[] = [];
  readonly #created: Written[] = [];

  /**
   * Writes what is to replace a file once it is synced. The caller syncs the folder: until then a power cut may bring the old
   * content back, whole. Throws what the file system throws.
   */
  replace(file: string, text: string, mode = 0o644): void {
    this.#replaced.push(this.#write(file, temporaryNameOf(file), text, mode));
  }

  /**
   * Writes a new file, which has its name before it is synced: the file systems that people put queues on then keep the name
   * too (ext4, XFS and Btrfs do; NFS keeps names at once), and a sync of the folder would be one more. After a power cut
   * before the sync the file may be there without its content. Throws what the file system throws.
   */
  create(file: string, text: string, mode: number): void {
    const temporary = soleWritersNameOf(file);
    const written = this.#write(file, temporary, text, mode);
    this.#created.push(written);
    place(written);
  }

  /**
   * Syncs all and puts them into their places; what was created and could not be synced is taken away again. Throws what the
   * file system throws.
   */
  async commit(): Promise<void> {
    const all = [...this.#replaced, ...this.#created];
    const synced = await Promise.allSettled(all.map(({ handle }) => sync(handle)));
    const failed = synced.find((one) => one.status === "rejected");
    if (failed !== undefined) this.#takeBack(failed.reason);
    this.#place();
  }

  /** As `commit`, one after the other, for where nobody can be waited for; the folders are synced too. */
  commitNow(): void {
    const all = [...this.#replaced, ...this.#created];
    try {
      for (const { handle } of all) fs.fsyncSync(handle);
      this.#place();
      for (const folder of new Set(all.map(({ file }) => path.dirname(file)))) syncFolderNow(folder);
    } catch (error) {
      this.#takeBack(error);
    }
  }

  /** Gives the handles back, and takes away what did not come into its place. */
  [Symbol.dispose](): void {
    for (const { handle, temporary, isPlaced } of [...this.#replaced, ...this.#created]) {
      fs.closeSync(handle);
      if (!isPlaced) fs.rmSync(temporary, { force: true });
    }
  }

  #takeBack(error: unknown): never {
    for (const { file } of this.#created) fs.rmSync(file, { force: true });
    throw error;
  }

  #place(): void {
    for (const written of this.#replaced) place(written);
  }

  #write(file: string, temporary: string, text: string, mode: number): Written {
    const handle = createAnew(temporary, mode);
    try {
      writeWhole(handle, text);
      return { handle, temporary, file, isPlaced: false };
    } catch (error) {
      fs.closeSync(handle);
      fs.rmSync(temporary, { force: true });
      throw error;
    }
  }
}

function place(written: Written): void {
  fs.renameSync(written.temporary, written.file);
  written.isPlaced = true;
}

/**
 * Makes what was written to files, and the renames, creations and removals done in folders, survive a power cut, all side by
 * side; folders where their file system can. Throws what the file system throws.
 */
export async function syncAll(paths: readonly string[]): Promise<void> {
  const synced = await Promise.allSettled(paths.map(syncPath));
  const failed = synced.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function syncPath(file: string): Promise<void> {
  using opened = openFile(file, fs.constants.O_RDONLY);
  await sync(opened.handle).catch(throwUnlessUnsyncable);
}
