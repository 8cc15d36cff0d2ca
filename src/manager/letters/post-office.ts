import type { Config } from "../../config/config.ts";
import type { FileBatch } from "../../disk/file-batch.ts";
import type { Log } from "../../disk/log.ts";
import type { JobRecord } from "../../job/record.ts";
import { DailyCount } from "../../mail/daily-count.ts";
import { endLetter } from "../../mail/job-letter.ts";
import { type Letter, storeForm } from "../../mail/letter.ts";
import {
  type AdminLetter,
  lowDisk,
  lowInodes,
  type Shortage,
  shortageLetter,
  stuckLetter,
  undeliveredLetter,
  workerLetter,
} from "../../mail/manager-letters.ts";
import { Outbox } from "../../mail/outbox.ts";
import { addresseesAtEnd } from "../../mail/recipients.ts";
import { Sender } from "../../mail/sender.ts";
import type { StoredLetter } from "../../mail/stored-letter.ts";
import type { Snapshot } from "../../plan/snapshot.ts";
import type { Stage } from "../../queue/layout.ts";
import { takeMailRequest } from "../../queue/manager-requests.ts";
import type { Room } from "../../text/inodes.ts";
import { tryOr } from "../../text/try-or.ts";
import type { ObservedRun } from "../run-scan.ts";
import { LowDisk, mailNotices, UndeliveredNews } from "./mail-notices.ts";
import { SilentWorkers } from "./silent-workers.ts";
import { letterDetails, StartLetters, type StartLettersParts } from "./start-letters.ts";
import { StuckArrivals } from "./stuck-arrivals.ts";

interface PostOfficeParts extends Omit<StartLettersParts, "post"> {
  readonly log: Log;
}

/**
 * Writes letters into the outbox while jobs come and go, and has them sent beside that. Nothing here waits for a mail
 * server.
 */
export class PostOffice {
  readonly #parts: PostOfficeParts;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #starts: StartLetters;
  readonly #lowDisk: LowDisk;
  readonly #lowInodes: LowDisk;
  readonly #stuck: StuckArrivals;
  readonly #silent: SilentWorkers;
  #settings: Config["mail"];
  readonly #undelivered: UndeliveredNews;

  constructor(parts: PostOfficeParts) {
    const { layout, config, log } = parts;
    this.#parts = parts;
    this.#settings = config().mail;
    this.#outbox = new Outbox(layout.outbox);
    this.#starts = new StartLetters({ ...parts, post: (letter) => this.#post(letter) });
    this.#lowDisk = new LowDisk(layout.outbox, "low-disk");
    this.#lowInodes = new LowDisk(layout.outbox, "low-inodes");
    this.#stuck = new StuckArrivals(layout);
    this.#silent = new SilentWorkers(layout.outbox);
    this.#undelivered = new UndeliveredNews(layout.outbox);
    this.#sender = new Sender({
      outbox: this.#outbox,
      counts: new DailyCount(layout.outbox),
      settings: () => config().mail,
      env: process.env,
      events: {
        onGivenUp: (letter) => this.#noteGivenUp(letter),
        info: (message, fields) => log.info(message, fields),
        warn: (message, fields) => log.warn(message, fields),
      },
    });
  }

  /** Begins to send. */
  start(): void {
    this.#sender.start();
  }

  /** Stops sending at once; what is being sent is sent again by the next manager. */
  async stop(): Promise<void> {
    await this.#sender.stop();
  }

  /**
   * Writes down, as part of a batch, the letters that an attempt's end calls for; the same again changes nothing while
   * they wait. Throws what the file system throws.
   * @param folder where its log lies now, if it is known
   */
  reportEnd(
    batch: FileBatch,
    record: JobRecord,
    folder: string | undefined,
    stage: Exclude<Stage, "running">,
  ): void {
    const { layout, config, log } = this.#parts;
    const { mail } = config();
    if (!mail.active) return;
    const { owners, admins } = addresseesAtEnd(record, mail);
    if (owners.length === 0 && record.mailTo.length > 0)
      log.info("no mail to the job's addresses: its mail_on, Mail_On or Mail_Allowed_Domains", {
        job: record.name,
        outcome: record.state,
        addresses: record.mailTo.join(", "),
      });
    const details = letterDetails(record, { layout, mail, folder, stage });
    if (owners.length > 0) this.#post(endLetter(record, owners, "owner", details), batch);
    if (admins.length > 0) this.#post(endLetter(record, admins, "admin", details), batch);
  }

  /** Sees to what is not about a job's end: starts, low disk, requests, a changed configuration. Never throws. */
  attend(runs: readonly ObservedRun[], seen: Room & Pick<Snapshot, "queue" | "obstacles" | "workers">): void {
    try {
      this.#takeRequest();
      this.#takeSettings();
      if (!this.#settings.active) return;
      this.#starts.report(runs);
      this.#watchDisk(seen);
      this.#tellStuck(seen);
      this.#tellSilent(seen.workers, runs);
      this.#announce();
    } catch (error) {
      this.#parts.log.debug("mails could not be seen to; tried again", { why: String(error) });
    }
  }

  /** Notices for people about mails that do not arrive. */
  get notices(): readonly string[] {
    const { undelivered, strange } = this.#outbox;
    const { failure, deferredCount, warnings } = this.#sender;
    return mailNotices({
      isActive: this.#settings.active,
      // An outbox that cannot be looked at keeps no job waiting, and every letter that is written tells why.
      waitingCount: tryOr(() => this.#outbox.names.size, 0),
      undeliveredCount: undelivered.count(),
      strangeCount: strange.count(),
      failure,
      deferredCount,
      warnings,
    });
  }

  #post(letter: Letter, batch?: FileBatch): void {
    const stored = storeForm(letter, Date.now());
    if (batch === undefined) this.#outbox.post(stored);
    else this.#outbox.postIn(batch, stored);
    this.#sender.wake();
  }

  #takeRequest(): void {
    const request = takeMailRequest(this.#parts.layout.mailRequest);
    if (request === undefined) return;
    this.#outbox.reload();
    if (request === "send") this.#sender.sendNow();
  }

  #takeSettings(): void {
    const { mail } = this.#parts.config();
    if (mail === this.#settings) return;
    this.#settings = mail;
    this.#sender.sendNow();
  }

  #watchDisk({ freeBytes, inodes }: Room): void {
    const { config, layout } = this.#parts;
    const neededBytes = config().minFreeDiskBytes;
    const tell = (shortage: Shortage) => this.#tellAdmins(shortageLetter(shortage, layout.root, Date.now()));
    this.#lowDisk.watch(freeBytes, neededBytes, () => tell(lowDisk(freeBytes, neededBytes)));
    if (inodes !== undefined)
      this.#lowInodes.watch(inodes.free, inodes.needed, () => tell(lowInodes(inodes)));
  }

  #tellStuck(seen: Pick<Snapshot, "queue" | "obstacles">): void {
    const due = this.#stuck.due(seen, performance.now());
    if (due.length === 0) return;
    this.#tellAdmins(stuckLetter(due, this.#parts.layout.queue, Date.now()));
    this.#stuck.noteTold(due);
  }

  #tellSilent(workers: Snapshot["workers"], runs: readonly ObservedRun[]): void {
    this.#silent.watch(workers, runs, (news) => this.#tellAdmins(workerLetter(news, Date.now())));
  }

  #tellAdmins(letter: AdminLetter): void {
    const { admins } = this.#settings;
    if (admins.length > 0) this.#post({ ...letter, to: admins });
  }

  #noteGivenUp(letter: StoredLetter): void {
    for (const { address, why } of letter.refused)
      this.#parts.log.error("a mail could not be delivered", { to: address, subject: letter.subject, why });
    this.#undelivered.noteNew();
  }

  #announce(): void {
    if (this.#settings.admins.length === 0) return;
    const nowMs = performance.now();
    const lost = this.#undelivered.due(nowMs);
    if (lost.length === 0) return;
    this.#tellAdmins(undeliveredLetter(lost));
    this.#undelivered.noteAnnounced(nowMs);
  }
}
