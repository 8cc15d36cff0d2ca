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
export function networkFileSystem(folder: string | Buffer): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(typeOf(folder));
}

/** True where a folder lies in memory. Throws what the file system throws. */
export function isInMemory(folder: string): boolean {
  return typeOf(folder) === TMPFS;
}

/** A mounted file system. */
export interface Mount {
  readonly point: string;
  /** As the kernel calls it: "nfs4", "fuse.sshfs". */
  readonly type: string;
  /** The device, or the address of the server. */
  readonly source: string;
  /** As the kernel tells them, which for FUSE are few: `acdirmax=1`. */
  readonly options: readonly string[];
}

/** The mount point that a path lies below, links not followed. Throws what the file system throws. */
export function mountPointOf(file: string): string {
  return mountOf(file).point;
}

/** The mount that a path lies on, links not followed. Throws what the file system throws. */
export function mountOf(file: string): Mount {
  const mounts = fs.readFileSync("/proc/self/mountinfo", "utf8").split("\n").map(mountIn);
  const around = mounts.filter(
    ({ point }) => point === "/" || point === file || file.startsWith(`${point}/`),
  );
  const root = { point: "/", type: "", source: "", options: [] };
  // The later of two on one point hides the other.
  return around.reduce(
    (longest, mount) => (mount.point.length >= longest.point.length ? mount : longest),
    root,
  );
}

/** True for a mount by WebDAV, where a rename replaces what another machine has put in the same place. */
export function isWebDav({ type, source }: Mount): boolean {
  // davfs2 mounts are plain "fuse" to the kernel.
  return type.includes("davfs") || (type.startsWith("fuse") && /^https?:/.test(source));
}

/** A line has `ID PARENT DEVICE ROOT POINT OPTIONS … - TYPE SOURCE OPTIONS`. */
function mountIn(line: string): Mount {
  const [ofMount = "", ofFileSystem = ""] = line.split(" - ");
  const [type = "", source = "", options = ""] = ofFileSystem.split(" ");
  const point = unescapeOctal(ofMount.split(" ")[4] ?? "");
  return { point, type, source: unescapeOctal(source), options: options.split(",") };
}

/** An sshfs mount shows files as they were for 20 s and the kernel that for 1 s more, unless told otherwise, which nothing tells. */
const SSHFS_BLIND_SECONDS = 22;

/**
 * The seconds for which files in a folder may look unchanged, even opened, though another machine changes them; 0 where that is a
 * fraction of one. Throws what the file system throws.
 */
export function blindSeconds(folder: string): number {
  return mountOf(fs.realpathSync(folder)).type === "fuse.sshfs" ? SSHFS_BLIND_SECONDS : 0;
}

/** A space in a path is `\040` there. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function typeOf(folder: string | Buffer): number {
  return fs.statfsSync(folder).type >>> 0;
}
