import fs from "node:fs";
import { isInMemory, isWebDav, type Mount, mountOf, networkFileSystem } from "../../disk/file-system.ts";
import { type Finding, failure, fine, warning } from "./finding.ts";

/** Tells what a folder lies on, and how its mount is made better. Throws what the file system throws. */
export function checkFileSystem(subject: string, folder: string): Finding {
  const network = networkFileSystem(folder);
  if (network !== undefined)
    return ofNetwork(subject, `${folder} is on ${network}`, mountOf(fs.realpathSync(folder)));
  if (isInMemory(folder))
    return warning(
      subject,
      `${folder} is in memory (tmpfs): a reboot empties it`,
      "choose a folder on a disk",
    );
  return fine(subject, `${folder} is on a local disk`);
}

/**
 * Judges a network mount by what it shows of other machines' doings.
 * @param place the folder and the kind of its file system, as a sentence
 */
export function ofNetwork(subject: string, place: string, mount: Mount): Finding {
  const { type, options } = mount;
  if (isWebDav(mount))
    return failure(
      subject,
      `${place}, mounted by WebDAV: there one machine's rename may replace what another has put in the same place`,
      "mount it by NFS, SMB or sshfs",
    );
  if (type === "fuse.sshfs")
    return warning(
      subject,
      `${place}: sshfs shows what other machines do up to 20 s late, unless it is mounted with dcache_timeout=1, which cannot be ` +
        "seen from here; copied folders start after 22 s without a change",
      "mount it with `-o dcache_timeout=1`; deliver with `qm submit`, or rename the copy, and nothing waits",
    );
  if (type.startsWith("nfs") && !isFresh(options))
    return warning(
      subject,
      `${place}, mounted without actimeo=1: some of what other machines do is seen seconds late`,
      "mount it with `-o actimeo=1` (unmount it first: a remount does not change that)",
    );
  if (type.startsWith("nfs") || type === "cifs" || type === "smb3")
    return fine(subject, `${place}: changes are found by scanning, those of other machines a second later`);
  return warning(
    subject,
    `${place}: changes are found by scanning, locks may not reach other machines`,
    "keep QM_FOLDER on a local disk of the manager's machine and share it from there, if you can",
  );
}

/** True where the client asks the server again after a second at most. */
function isFresh(options: readonly string[]): boolean {
  const isShort = (name: string) =>
    options.some((option) => /^[01]$/.test(option.split(`${name}=`)[1] ?? ""));
  return options.includes("noac") || (isShort("acregmax") && isShort("acdirmax"));
}
