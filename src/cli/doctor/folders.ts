import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Queue } from "../../app/queue.ts";
import { describeNoRoom, errorCode, isNoRoom, roomOn } from "../../disk/error-code.ts";
import { systemUser } from "../../disk/system-users.ts";
import { isShared, mayRenameIn } from "../../queue/access.ts";
import { lostMount } from "../../queue/first-start.ts";
import { ASIDE_PREFIX } from "../../queue/intake/copy-in.ts";
import { rememberedId } from "../../queue/known-queues.ts";
import { type Layout, STAGES } from "../../queue/layout.ts";
import { refuseNoFolders, tryMoves } from "../../queue/tree-setup.ts";
import { formatDuration } from "../../text/duration.ts";
import { QmError } from "../../text/errors.ts";
import { quoteForShell } from "../../text/escape.ts";
import { areInodesLow, describeInodes } from "../../text/inodes.ts";
import { counted, formatBytes } from "../../text/quantity.ts";
import { checkFileSystem } from "./file-system.ts";
import { type Finding, failure, fine, warning } from "./finding.ts";
import { checkSecondLook, checkSynchronised } from "./shared-folder.ts";

const MAX_CLOCK_DIFFERENCE_SECONDS = 5;
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

/** Looks at the queue's folders by using them. */
export function checkFolders(queue: Queue): Finding[] {
  const blocked = complaintOf(queue.layout, () => refuseNoFolders(queue.layout));
  if (blocked !== undefined) return [blocked];
  const missing = STAGES.filter((stage) => !fs.existsSync(queue.layout[stage]));
  if (missing.length === STAGES.length && rememberedId(queue.layout.root) !== undefined) {
    const { message, mend = "" } = lostMount(queue.layout.root);
    return [failure("folders", `${message} ${queue.layout.root}`, mend)];
  }
  if (missing.length > 0) {
    const names = missing.map((stage) => path.basename(queue.layout[stage])).join(", ");
    const text = `not there yet: ${names} in ${queue.layout.root}`;
    return [warning("folders", text, "`qm init` or `qm start` makes them")];
  }
  const { root, state } = queue.layout;
  return [
    checkMoves(queue),
    ...checkSticky(queue.layout.queue),
    ...checkOwnFolders(queue.layout),
    ...checkDisk(queue),
    checkFileSystem("file system", root),
    ...(fs.existsSync(state) ? [checkFileSystem("file system of .qm", state)] : []),
    ...checkSecondLook(root),
    ...checkSynchronised(root),
    checkClock(root),
    checkWatches(queue.layout.queue),
    checkAbandoned(queue.layout.queue),
    ...checkOriginals(queue.layout.queue),
  ];
}

function checkMoves({ layout }: Queue): Finding {
  const complaint = complaintOf(layout, () => tryMoves(layout, `doctor-${process.pid}`));
  return complaint ?? fine("folders", `a folder moves through all four in ${layout.root}`);
}

function complaintOf({ root }: Layout, attempt: () => void): Finding | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    const known = error instanceof QmError ? error : undefined;
    return failure(
      "folders",
      `${known?.message ?? String(error)}: ${known?.path ?? root}`,
      known?.mend ?? "",
    );
  }
}

// A trial with a folder of one's own does not meet it: it keeps the manager from the folders of others.
function checkSticky(folder: string): Finding[] {
  if (mayRenameIn(folder)) return [];
  const text = `${folder} is sticky and belongs to somebody else: a manager of your user may not move what others put there`;
  return [failure("sticky folder", text, "take the bit away (chmod -t), or give the folder to the manager")];
}

const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;

// A user who may write there can put other folders in the place of the queue's, or ask the manager to stop.
function checkOwnFolders({ root, running, state, queue }: Layout): Finding[] {
  const sharedBy = isShared(queue) ? fs.statSync(queue).gid : undefined;
  const open = [root, running, state].filter((folder) => {
    const { mode, gid } = fs.statSync(folder, { throwIfNoEntry: false }) ?? { mode: 0, gid: undefined };
    return (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITE) !== 0 && gid === sharedBy);
  });
  return open.map((folder) => {
    const text = `${folder} is to be the manager's alone, and others may write in it`;
    return warning("open folder", text, `chmod go-w ${quoteForShell(folder)}`);
  });
}

function checkDisk({ layout, config }: Queue): Finding[] {
  const { freeBytes, inodes } = roomOn(layout.root);
  const free = `${formatBytes(freeBytes)} free, ${formatBytes(config.minFreeDiskBytes)} needed (Min_Free_Disk)`;
  const disk =
    freeBytes >= config.minFreeDiskBytes
      ? fine("disk", free)
      : failure("disk", `${free}: no job starts`, "make room, or lower Min_Free_Disk");
  if (!areInodesLow(inodes)) return [disk];
  const text = `${describeInodes(inodes)}: no job starts`;
  return [disk, failure("inodes", text, "delete small files, or whole job folders")];
}

function checkClock(folder: string): Finding {
  const trial = path.join(folder, `.qm-trial-${crypto.randomUUID()}`);
  try {
    fs.writeFileSync(trial, "");
    const seconds = Math.abs(fs.statSync(trial).mtimeMs - Date.now()) / 1000;
    if (seconds <= MAX_CLOCK_DIFFERENCE_SECONDS)
      return fine("clock", "the file system's clock agrees with this machine's");
    const text = `the file system's clock differs from this machine's by ${formatDuration(seconds)}`;
    return warning(
      "clock",
      text,
      "set both by a time server; until then times of files look wrong, jobs run all the same",
    );
  } catch (error) {
    const why = isNoRoom(error) ? describeNoRoom(error) : errorCode(error);
    const mend = isNoRoom(error) ? "make room" : "give the manager's user the right to";
    return failure("write", `nothing can be written in ${folder} (${why})`, mend);
  } finally {
    fs.rmSync(trial, { force: true });
  }
}

function checkWatches(folder: string): Finding {
  try {
    fs.watch(folder).close();
    return fine("watches", "the system reports changes in the queue");
  } catch (error) {
    const text = `the system cannot report changes (${errorCode(error)}): they are found by scanning, which is a little slower`;
    return warning("watches", text, "raise fs.inotify.max_user_watches and max_user_instances with sysctl");
  }
}

function checkAbandoned(folder: string): Finding {
  const old = fs.readdirSync(folder).filter((name) => {
    const stats = fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false });
    const isTemporary = name.startsWith(".qm-submit-") || /\.(?:part|filepart)$/.test(name);
    return isTemporary && stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS;
  });
  if (old.length === 0) return fine("leftovers", "no unfinished copies lie in the queue");
  const text = `${counted(old.length, "unfinished copy", "unfinished copies")} older than a day: ${old.slice(0, 3).join(", ")}`;
  return warning("leftovers", text, `remove them from ${folder}`);
}

const MAX_ORIGINALS_LISTED = 20;

function checkOriginals(folder: string): Finding[] {
  const names = fs.readdirSync(folder).filter((name) => name.startsWith(ASIDE_PREFIX));
  if (names.length === 0) return [];
  const shown = names
    .slice(0, MAX_ORIGINALS_LISTED)
    .map((name) => `${name} (${ownerOf(path.join(folder, name))})`);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  const are = names.length === 1 ? "original is" : "originals are";
  return [
    warning(
      "originals",
      `${names.length} ${are} put aside, of folders that were copied in: ${shown.join(", ")}${more}`,
      `their owners may remove them, for instance: rm -r ${quoteForShell(path.join(folder, names[0] ?? ""))}`,
    ),
  ];
}

function ownerOf(file: string): string {
  const uid = fs.lstatSync(file, { throwIfNoEntry: false })?.uid;
  return uid === undefined ? "gone" : (systemUser(uid)?.name ?? `uid ${uid}`);
}
