import { formatDuration } from "../text/duration.ts";
import { groupBy } from "../text/group-by.ts";
import { describeInodes, type Inodes } from "../text/inodes.ts";
import { counted, formatBytes } from "../text/quantity.ts";
import type { Held } from "./daily-count.ts";
import { type Letter, type LetterBody, oneLine } from "./letter.ts";
import type { StoredLetter } from "./stored-letter.ts";

const MAX_LISTED = 100;
const MAX_LINE_CHARACTERS = 300;
const MAX_REASON_CHARACTERS = 600;

/** A letter about the manager itself, to `Mail_Admin`. */
export type AdminLetter = Omit<Letter, "to">;

function adminLetter(key: readonly string[], body: LetterBody): AdminLetter {
  const advice = [...body.advice, "You get this as Mail_Admin of the queue's configuration."];
  return { key, about: "manager", body: { ...body, advice } };
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
export function undeliveredLetter(lost: readonly StoredLetter[]): AdminLetter {
  const heading = `${counted(lost.length, "mail")} could not be delivered`;
  const lines = lost.flatMap(({ refused, subject }) =>
    refused.map(({ address, why }) => oneLine(`${address}: ${subject}: ${why}`, MAX_LINE_CHARACTERS)),
  );
  return adminLetter([...lost.map(({ id }) => id), "undelivered"], {
    heading,
    cause: ["The mail server refused them for good, or did not take them in time (Mail_Give_Up)."],
    log: { title: "To whom, and why", lines: listed(lines, lines.length) },
    advice: ["`qm mail` lists them, `qm mail drop --undelivered` throws them away."],
  });
}

/** A worker on another machine that is not heard of, or is again. */
export interface SilentWorker {
  readonly name: string;
  readonly host: string;
  /** The reason why it is given nothing, with the time of its last word; absent once it is heard of again. */
  readonly why?: string | undefined;
  /** Names of the jobs with an attempt on it. */
  readonly jobs: readonly string[];
}

/** Tells `Mail_Admin` that a worker is not heard of any more, or that it is back. */
export function workerLetter({ name, host, why, jobs }: SilentWorker, atMs: number): AdminLetter {
  const rows: LetterBody["rows"] = [["Worker", oneLine(`${name} on ${host}`, MAX_LINE_CHARACTERS)]];
  const log = { title: "Its jobs", lines: listed(jobs, jobs.length) };
  const key = [name, why === undefined ? "back" : "silent", String(atMs)];
  if (why === undefined) {
    const cause = ["It is heard of again. What ran there is told of as ever."];
    return adminLetter(key, { heading: `worker ${name} is back`, cause, rows, log, advice: [] });
  }
  return adminLetter(key, {
    heading: `worker ${name} is silent`,
    cause: [`${why}. Its jobs may well be running: they are left alone, and it is given no others.`],
    rows,
    log,
    advice: [
      `Once it is back it goes on by itself. If it is gone for good: \`qm lost --worker ${name}\` gives its jobs up.`,
    ],
  });
}

/** A folder of the queue that the manager can neither move nor copy in, and why. */
export interface StuckArrival {
  readonly name: string;
  /** The user whose folder it is, as far as that is known. */
  readonly owner?: string | undefined;
  /** The same words for the same reason, whatever the folder. */
  readonly why: string;
}

/** Tells `Mail_Admin` of folders in the queue that the manager can neither move nor copy, and so not run. */
export function stuckLetter(stuck: readonly StuckArrival[], folder: string, atMs: number): AdminLetter {
  const [first] = stuck;
  const heading =
    stuck.length === 1 && first !== undefined
      ? oneLine(`«${first.name}» cannot be taken`, MAX_LINE_CHARACTERS)
      : `${stuck.length} folders cannot be taken`;
  const lines = linesByReason(stuck);
  return adminLetter([folder, "stuck", String(atMs)], {
    heading,
    cause: [
      "The manager can neither move nor copy what lies there for more than a minute. Other jobs go on.",
    ],
    rows: [["Queue", oneLine(folder, MAX_LINE_CHARACTERS)]],
    log: { title: "Which, and why", lines: listed(lines, lines.length) },
    advice: ["It is tried again by itself once the right is given, or there is room."],
  });
}

function linesByReason(stuck: readonly StuckArrival[]): string[] {
  return [...groupBy(stuck, ({ why }) => why)].flatMap(([reason, folders]) => [
    `${oneLine(reason, MAX_REASON_CHARACTERS)}:`,
    ...folders.map(({ name, owner }) =>
      oneLine(`  ${name}${owner === undefined ? "" : ` (${owner})`}`, MAX_LINE_CHARACTERS),
    ),
  ]);
}

/** A lack of room on the queue's disk, for which no job starts. */
export interface Shortage {
  readonly about: string;
  readonly heading: string;
  readonly free: string;
  readonly needed: string;
  readonly mend: string;
}

/** The disk is nearly full. */
export function lowDisk(freeBytes: number, neededBytes: number): Shortage {
  const free = formatBytes(freeBytes);
  const needed = `${formatBytes(neededBytes)} (Min_Free_Disk)`;
  return { about: "low disk", heading: `low disk: ${free} free`, free, needed, mend: "make room there" };
}

/** There is hardly room for new files, whatever bytes are free. */
export function lowInodes(inodes: Inodes): Shortage {
  return {
    about: "low inodes",
    heading: describeInodes(inodes),
    free: `${inodes.free} of ${inodes.total} inodes`,
    needed: String(inodes.needed),
    mend: "delete small files there",
  };
}

/** Tells `Mail_Admin` that no job starts any more. */
export function shortageLetter(shortage: Shortage, folder: string, sinceMs: number): AdminLetter {
  const { about, heading, free, needed, mend } = shortage;
  return adminLetter([folder, about, String(sinceMs)], {
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

/** The reason for giving up a letter that was tried for so long. */
export function givenUp(afterSeconds: number, why: string): string {
  return `given up after ${formatDuration(afterSeconds)}: ${why}`;
}

function listed(lines: readonly string[], count: number): readonly string[] {
  const shown = lines.slice(0, MAX_LISTED);
  return count > shown.length ? [...shown, `… and ${count - shown.length} more`] : shown;
}
