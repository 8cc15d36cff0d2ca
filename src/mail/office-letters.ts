import { formatDuration } from "../text/duration.ts";
import { describeInodes, type Inodes } from "../text/inodes.ts";
import { counted, formatBytes } from "../text/quantity.ts";
import type { Held } from "./daily-count.ts";
import { type Letter, type LetterBody, oneLine } from "./letter.ts";
import type { StoredLetter } from "./stored-letter.ts";

const MAX_LISTED = 100;
const MAX_LINE_CHARACTERS = 300;
const MAX_REASON_CHARACTERS = 600;

/** A letter about the manager itself. */
function adminLetter(key: readonly string[], admins: readonly string[], body: LetterBody): Letter {
  const advice = [...body.advice, "You get this as Mail_Admin of the queue's configuration."];
  return { key, about: "manager", to: admins, body: { ...body, advice } };
}

/** Tells one address, after a day with too many letters, what it did not get. */
export function heldLetter({ address, day, count, subjects }: Held): Letter {
  const heading = `${counted(count, "more mail")} on ${day}`;
  return {
    key: [day, "held back", address],
    about: "summary",
    to: [address],
    body: {
      heading,
      cause: ["You had so many mails on that day that these were held back (Mail_Daily_Cap):"],
      log: { title: "Their subjects", lines: listed(subjects, count) },
      advice: ["The jobs themselves ran as ever. mail_on in their info files says when they send mails."],
    },
  };
}

/** Tells `Mail_Admin` of letters that could not be delivered. */
export function undeliveredLetter(
  lost: readonly StoredLetter[],
  count: number,
  admins: readonly string[],
): Letter {
  const heading = `${counted(count, "mail")} could not be delivered`;
  const lines = lost.flatMap(({ refused, subject }) =>
    refused.map(({ address, why }) => oneLine(`${address}: ${subject}: ${why}`, MAX_LINE_CHARACTERS)),
  );
  return adminLetter([...lost.map(({ id }) => id), "undelivered"], admins, {
    heading,
    cause: ["The mail server refused them for good, or did not take them in time (Mail_Give_Up)."],
    log: { title: "To whom, and why", lines: listed(lines, lines.length) },
    advice: ["`qm mail` lists them, `qm mail drop --undelivered` throws them away."],
  });
}

interface Stuck {
  readonly name: string;
  readonly owner?: string | undefined;
  readonly why: string;
}

/** Tells `Mail_Admin` of folders in the queue that the manager can neither move nor copy, and so not run. */
export function stuckLetter(
  stuck: readonly Stuck[],
  folder: string,
  admins: readonly string[],
  atMs: number,
): Letter {
  const [first] = stuck;
  const heading =
    stuck.length === 1 && first !== undefined
      ? oneLine(`«${first.name}» cannot be taken`, MAX_LINE_CHARACTERS)
      : `${stuck.length} folders cannot be taken`;
  const lines = linesByReason(stuck);
  return adminLetter([folder, "stuck", String(atMs)], admins, {
    heading,
    cause: [
      "The manager can neither move nor copy what lies there for more than a minute. Other jobs go on.",
    ],
    rows: [["Queue", oneLine(folder, MAX_LINE_CHARACTERS)]],
    log: { title: "Which, and why", lines: listed(lines, lines.length) },
    advice: ["It is tried again by itself once the right is given, or there is room."],
  });
}

function linesByReason(stuck: readonly Stuck[]): string[] {
  const whys = [...new Set(stuck.map(({ why }) => why))];
  return whys.flatMap((reason) => {
    const folders = stuck.filter(({ why }) => why === reason);
    return [
      `${oneLine(reason, MAX_REASON_CHARACTERS)}:`,
      ...folders.map(({ name, owner }) =>
        oneLine(`  ${name}${owner === undefined ? "" : ` (${owner})`}`, MAX_LINE_CHARACTERS),
      ),
    ];
  });
}

/** Tells `Mail_Admin` that no job starts any more as the disk is nearly full. */
export function lowDiskLetter(
  disk: { readonly folder: string; readonly freeBytes: number; readonly neededBytes: number },
  admins: readonly string[],
  sinceMs: number,
): Letter {
  const free = formatBytes(disk.freeBytes);
  const needed = `${formatBytes(disk.neededBytes)} (Min_Free_Disk)`;
  const shortage = { about: "low disk", heading: `low disk: ${free} free`, free, needed };
  return shortageLetter({ ...shortage, folder: disk.folder, mend: "make room there" }, admins, sinceMs);
}

/** Tells `Mail_Admin` that no job starts any more as there is hardly room for new files, whatever bytes are free. */
export function lowInodesLetter(
  disk: Inodes & { readonly folder: string },
  admins: readonly string[],
  sinceMs: number,
): Letter {
  const free = `${disk.free} of ${disk.total} inodes`;
  const shortage = { about: "low inodes", heading: describeInodes(disk), free, needed: String(disk.needed) };
  return shortageLetter(
    { ...shortage, folder: disk.folder, mend: "delete small files there" },
    admins,
    sinceMs,
  );
}

interface Shortage {
  readonly about: string;
  readonly heading: string;
  readonly free: string;
  readonly needed: string;
  readonly folder: string;
  readonly mend: string;
}

function shortageLetter(shortage: Shortage, admins: readonly string[], sinceMs: number): Letter {
  const { about, heading, free, needed, folder, mend } = shortage;
  return adminLetter([folder, about, String(sinceMs)], admins, {
    heading,
    cause: ["No job starts until there is room again; running ones go on."],
    rows: [
      ["Free", free],
      ["Needed", needed],
      ["Queue", oneLine(folder, MAX_LINE_CHARACTERS)],
    ],
    advice: [`To mend it: ${mend}, for instance by deleting finished jobs in QM_dJobs.`],
  });
}

/** The letter of `qm doctor --mail`. */
export function testLetter(address: string, atMs: number): Letter {
  return {
    key: [address, "test", String(atMs)],
    about: "manager",
    to: [address],
    subject: "[QM] a test",
    body: {
      heading: "It works",
      cause: ["This mail was sent by `qm doctor --mail`: mails of this queue reach you."],
      advice: [],
    },
  };
}

/** Why a letter is given up that was tried for so long. */
export function givenUp(afterSeconds: number, why: string): string {
  return `given up after ${formatDuration(afterSeconds)}: ${why}`;
}

function listed(lines: readonly string[], count: number): readonly string[] {
  const shown = lines.slice(0, MAX_LISTED);
  return count > shown.length ? [...shown, `… and ${count - shown.length} more`] : shown;
}
