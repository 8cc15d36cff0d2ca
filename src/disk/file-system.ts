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

/** The mount point that a path lies below, links not followed. Throws what the file system throws. */
export function mountPointOf(file: string): string {
  const mounts = fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => unescapeOctal(line.split(" ")[4] ?? ""));
  const around = mounts.filter((mount) => mount === "/" || mount === file || file.startsWith(`${mount}/`));
  return around.reduce((longest, mount) => (mount.length > longest.length ? mount : longest), "/");
}

/** A space in a path is `\040` there. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function typeOf(folder: string): number {
  return fs.statfsSync(folder).type >>> 0;
}
