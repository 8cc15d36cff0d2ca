import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../../disk/durable.ts";
import { readRegularText } from "../../disk/safe-read.ts";
import { letterFolders, letterNames, readLetter, type StoredLetter } from "../../mail/stored-letter.ts";
import { parseJson } from "../../text/parse-json.ts";
import { counted } from "../../text/quantity.ts";
import { tryOr } from "../../text/try-or.ts";

/** The state of the mails. */
export interface MailState {
  /** `MailActive`. */
  readonly isActive: boolean;
  readonly waitingCount: number;
  readonly undeliveredCount: number;
  /** Files of the outbox that are no letters. */
  readonly strangeCount: number;
  /** The reason why the server takes nothing at the moment. */
  readonly failure: { readonly what: string; readonly mend: string } | undefined;
  /** Letters that the server wants to be asked about again later. */
  readonly deferredCount: number;
  /** Faults that ought to be mended though letters go out. */
  readonly warnings: readonly string[];
}

/** Notices for people about mails that do not arrive. */
export function mailNotices(state: MailState): readonly string[] {
  return [
    ...backlog(state),
    ...undelivered(state),
    ...strange(state),
    ...(state.isActive ? state.warnings : []),
  ];
}

function backlog({ isActive, waitingCount, failure, deferredCount }: MailState): readonly string[] {
  if (waitingCount === 0) return [];
  const mails = `${counted(waitingCount, "mail")} ${waitingCount === 1 ? "waits" : "wait"}`;
  if (!isActive) return [`${mails}, as MailActive is False`];
  if (failure !== undefined) return [`${mails}: ${failure.what}; ${failure.mend}`];
  return deferredCount === 0 ? [] : [`${mails}: the mail server wants to be asked again later`];
}

function undelivered({ undeliveredCount }: MailState): readonly string[] {
  if (undeliveredCount === 0) return [];
  return [`${counted(undeliveredCount, "mail")} could not be delivered: \`qm mail\` tells why`];
}

function strange({ strangeCount }: MailState): readonly string[] {
  if (strangeCount === 0) return [];
  const are = strangeCount === 1 ? "is no letter" : "are no letters";
  return [`${counted(strangeCount, "file")} in the outbox ${are}: they lie in .qm/outbox/strange`];
}

/** So much more than needed has to be free before the next shortage counts as another one. */
const RELIEF = 1.1;

/** Tells when the disk begins to be too full; the mark on it that this was told outlives the manager. */
export class LowDisk {
  readonly #mark: string;
  #isLow: boolean;

  /** @param name of the mark: of what there is too little */
  constructor(outbox: string, name: string) {
    this.#mark = path.join(outbox, name);
    this.#isLow = fs.existsSync(this.#mark);
  }

  /** Calls `tell` where too little is free for the first time since there was enough; again at the next look if that throws. */
  watch(free: number, needed: number, tell: () => void): void {
    if (this.#isLow && free > needed * RELIEF) this.#end();
    if (this.#isLow || free >= needed) return;
    tell();
    this.#isLow = true;
    this.#write();
  }

  #end(): void {
    this.#isLow = false;
    fs.rmSync(this.#mark, { force: true });
  }

  // On a disk that is full to the brim it is known in memory alone, and told once more after a restart.
  #write(): void {
    tryOr(() => {
      fs.mkdirSync(path.dirname(this.#mark), { recursive: true, mode: 0o700 });
      fs.writeFileSync(this.#mark, "");
    }, undefined);
  }
}

/** Between two letters to `Mail_Admin` about what could not be delivered. */
const ANNOUNCE_GAP_MS = 3_600_000;
const MAX_BYTES = 64 * 1024 * 1024;
const FILE_MODE = 0o600;

const toldSchema = z.array(z.string());

/**
 * The undelivered letters of an outbox of which `Mail_Admin` was not told yet, at most once an hour. A file names those that
 * were told, so that a restart neither forgets nor repeats any.
 */
export class UndeliveredNews {
  readonly #folder: string;
  readonly #toldFile: string;
  #announcedMs = Number.NEGATIVE_INFINITY;
  #mayHaveNews = true;
  #listed: readonly string[] = [];

  constructor(outbox: string) {
    this.#folder = letterFolders(outbox).undelivered;
    this.#toldFile = path.join(outbox, "undelivered-told.json");
  }

  /** A letter was put aside. */
  noteNew(): void {
    this.#mayHaveNews = true;
  }

  /**
   * The letters that are to be announced now, on the monotonic clock; none when it is too early. Only such about a job: letters
   * to `Mail_Admin` about letters to `Mail_Admin` would never end. Throws what the file system throws.
   */
  due(nowMs: number): readonly StoredLetter[] {
    if (!this.#mayHaveNews || nowMs - this.#announcedMs < ANNOUNCE_GAP_MS) return [];
    this.#listed = letterNames(this.#folder);
    const told = this.#told();
    const letters = this.#listed.filter((name) => !told.has(name)).flatMap((name) => this.#jobLetter(name));
    this.#mayHaveNews = letters.length > 0;
    return letters;
  }

  /** Writes down, durably, that all that was due has been announced. Throws what the file system throws. */
  noteAnnounced(nowMs: number): void {
    this.#announcedMs = nowMs;
    writeFileDurably(this.#toldFile, JSON.stringify(this.#listed), FILE_MODE);
    this.#mayHaveNews = false;
  }

  #told(): ReadonlySet<string> {
    return new Set(parseJson(toldSchema, readRegularText(this.#toldFile, MAX_BYTES)));
  }

  #jobLetter(name: string): StoredLetter[] {
    const found = readLetter(path.join(this.#folder, name));
    return found.kind === "letter" && found.letter.about === "job"
      ? [{ ...found.letter, text: "", html: "" }]
      : [];
  }
}
