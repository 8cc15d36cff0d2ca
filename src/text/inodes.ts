import { formatBytes } from "./quantity.ts";

/** Inodes of a file system that has a fixed number of them: each file, folder and link takes one. */
export interface Inodes {
  readonly free: number;
  readonly total: number;
  /** So many must be free for a job to start. */
  readonly needed: number;
}

/** Free room on a file system. */
export interface Room {
  /** Free for this user. */
  readonly freeBytes: number;
  /** Of a file system that has a fixed number of them. */
  readonly inodes?: Inodes;
}

/** A job that starts takes about fifteen. */
const NEEDED_AT_LEAST = 20;
const NEEDED_AT_MOST = 1000;
const NEEDED_SHARE = 0.01;

/** The inodes of a file system by what it tells; undefined where it makes them as it needs them, as Btrfs does. */
export function inodesOf(free: number, total: number): Inodes | undefined {
  if (total <= 0) return undefined;
  const needed = Math.min(NEEDED_AT_MOST, Math.max(NEEDED_AT_LEAST, Math.ceil(total * NEEDED_SHARE)));
  return { free, total, needed };
}

/** True where too few inodes are free for a job to start. */
export function areInodesLow(inodes: Inodes | undefined): inodes is Inodes {
  return inodes !== undefined && inodes.free < inodes.needed;
}

/** The shortage in plain words: `no room for new files (inodes): 12 of 65,536 left`. */
export function describeInodes({ free, total }: Pick<Inodes, "free" | "total">): string {
  return `no room for new files (inodes): ${grouped(free)} of ${grouped(total)} left`;
}

/** Room on a disk in a few words, its inodes where they are short: `12.0 GB of disk free`. */
export function describeRoom(disk: Room): string {
  const bytes = `${formatBytes(disk.freeBytes)} of disk free`;
  return areInodesLow(disk.inodes) ? `${bytes}, but ${describeInodes(disk.inodes)}` : bytes;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
