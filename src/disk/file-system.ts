import fs from "node:fs";

/** By the magic numbers of statfs(2) and the kernel's magic.h. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB (cifs)"],
  [0xfe534d42, "SMB 2"],
  [0x5346414f, "AFS"],
  [0x01021997, "9p (a folder of the host of this machine)"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x65735546, "FUSE (sshfs, WebDAV or the like)"],
]);
const TMPFS = 0x01021994;

/** The network file system that a folder lies on, by name; undefined on a disk of this machine. Throws what the file system throws. */
export function networkFileSystem(folder: string): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(typeOf(folder));
}

/** True where a folder lies in memory. Throws what the file system throws. */
export function isInMemory(folder: string): boolean {
  return typeOf(folder) === TMPFS;
}

function typeOf(folder: string): number {
  return fs.statfsSync(folder).type >>> 0;
}
