import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { orSkip } from "../support/tools.ts";

/** A small file system of its own. */
export class SmallDisk {
  /** It is mounted there. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Throws where that is not allowed. */
  static mount(): SmallDisk {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-system-"));
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]);
    if (status === 0) return new SmallDisk(folder);
    fs.rmdirSync(folder);
    throw new Error("a small file system cannot be mounted");
  }

  /** Removes it with all that is on it. */
  unmount(): void {
    spawnSync("umount", [this.folder]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** True where small disks can be mounted, as {@link orSkip}. */
export function smallDiskOrSkip(): boolean {
  return orSkip(canMount(), "the right to mount a small file system");
}

function canMount(): boolean {
  try {
    SmallDisk.mount().unmount();
    return true;
  } catch {
    return false;
  }
}

/** Writes until there is no room for another byte. */
export function fillUp(file: string): void {
  const handle = fs.openSync(file, "w");
  try {
    for (;;) fs.writeSync(handle, Buffer.alloc(4096));
  } catch {
    fs.closeSync(handle);
  }
}
