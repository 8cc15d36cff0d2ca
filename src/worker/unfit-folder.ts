import fs from "node:fs";
import { isWebDav, mountOf, networkFileSystem } from "../disk/file-system.ts";
import { synchroniserOf } from "../disk/synchroniser.ts";
import { QmError } from "../text/errors.ts";

/**
 * Throws `refused` where several machines cannot work in a folder: by WebDAV, or in copies of it that a program keeps equal, a claim that
 * one of them makes keeps no other from making the same. Throws what the file system throws.
 */
export function refuseUnfit(folder: string): void {
  const real = fs.realpathSync(folder);
  if (isWebDav(mountOf(real)))
    throw unfit(folder, "the queue is mounted by WebDAV, where two machines may start the same job");
  // Of one that is mounted over a network, every machine sees the same.
  if (networkFileSystem(real) !== undefined) return;
  const copied = synchroniserOf(real);
  if (copied !== undefined)
    throw unfit(
      folder,
      `${copied.name} makes copies of ${copied.folder}, and two machines may start the same job`,
    );
}

function unfit(folder: string, why: string): QmError {
  return new QmError("refused", why, { path: folder, mend: "mount the queue's folder by NFS, SMB or sshfs" });
}
