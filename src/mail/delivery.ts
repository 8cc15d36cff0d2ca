import type { MailSettings } from "../job/job-info.ts";
import { type PauseRule, Pauses } from "../job/pauses.ts";
import { composeMessage, fromAddressOf } from "./compose.ts";
import type { DailyCount } from "./daily-count.ts";
import { givenUp } from "./manager-letters.ts";
import type { Outbox } from "./outbox.ts";
import { wireAddress } from "./recipients.ts";
import type { MailServer } from "./server.ts";
import type { ServerFailure } from "./smtp-failure.ts";
import type { StoredLetter } from "./stored-letter.ts";
import { type Patience, type Refusal, type Transmission, transmit } from "./transmit.ts";

type Tell = (message: string, fields?: Readonly<Record<string, string | number>>) => void;

/** Told about letters while they are delivered. */
export interface DeliveryEvents {
  /** Somebody will not get a letter. */
  readonly onGivenUp: (letter: StoredLetter) => void;
  readonly info: Tell;
  readonly warn: Tell;
}

/** The parts that it takes to deliver a letter. */
export interface DeliveryParts {
  readonly outbox: Outbox;
  readonly counts: DailyCount;
  /** In force now; changes with a reload. */
  readonly settings: () => MailSettings;
  readonly events: DeliveryEvents;
}

/** One try: to which server, how patiently, until when. */
export interface Try {
  readonly server: MailServer;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Recipients that the server puts off now are given up. */
  readonly isLast: boolean;
}

/** The result of one try. */
export type Tried =
  /** Nobody is to get this letter any more. */
  | { readonly kind: "settled" }
  /** Some recipients are to be tried again, `why` being the server's words; `delivered`: others have got the letter. */
  | { readonly kind: "put off"; readonly why: string; readonly delivered: boolean }
  /** There was no talking to the server. */
  | { readonly kind: "failed"; readonly failure: ServerFailure; readonly inLetter: boolean };

/** Tries to deliver a letter that was read from the outbox, and writes down what has become of it. */
export async function deliver(
  parts: DeliveryParts,
  name: string,
  waiting: StoredLetter,
  attempt: Try,
): Promise<Tried> {
  const letter = withoutHeld(parts, name, waiting);
  if (letter === undefined) return { kind: "settled" };
  const sent = await handOver(parts, letter, attempt);
  if (sent.kind === "failed") return sent;
  const { delivered, refusals } = sent;
  tell(parts, letter, sent);
  if (delivered.length > 0) parts.counts.addSent(delivered);
  const later = attempt.isLast ? [] : refusals.filter(({ permanent }) => !permanent);
  const refused = refusals.filter((refusal) => !later.includes(refusal));
  const why = [...new Set(later.map((refusal) => refusal.why))].join("; ");
  keep(parts, name, {
    ...letter,
    ...(later.length === 0 ? {} : { lastAnswer: why }),
    pending: later.map(({ address }) => address),
    refused: [...letter.refused, ...refused.map((refusal) => finalWords(parts, refusal))],
  });
  return later.length === 0 ? { kind: "settled" } : { kind: "put off", why, delivered: delivered.length > 0 };
}

/** Gives a letter up that was tried for too long. */
export function expire(parts: DeliveryParts, name: string, why: string): void {
  const found = parts.outbox.read(name);
  if (found.kind !== "letter") return;
  const { pending, refused } = found.letter;
  const late = pending.map((address) => finalWords(parts, { address, permanent: false, why }));
  keep(parts, name, { ...found.letter, pending: [], refused: [...refused, ...late] });
}

// An address over its daily cap gets one letter about the rest, once the day is over.
function withoutHeld(parts: DeliveryParts, name: string, letter: StoredLetter): StoredLetter | undefined {
  const { counts, settings, events } = parts;
  const isOverCap = (address: string) => counts.sentTo(address) >= settings().dailyCap;
  const held = letter.about === "summary" ? [] : letter.pending.filter(isOverCap);
  if (held.length === 0) return letter;
  counts.hold(held, letter.subject);
  events.info("mail held back: Mail_Daily_Cap is reached", { to: held.join(", ") });
  const rest = { ...letter, pending: letter.pending.filter((address) => !held.includes(address)) };
  keep(parts, name, rest);
  return rest.pending.length === 0 ? undefined : rest;
}

async function handOver(
  { settings }: DeliveryParts,
  letter: StoredLetter,
  { server, patience, signal }: Try,
): Promise<Transmission> {
  const from = fromAddressOf(settings().from);
  const wired = letter.pending.map((address) => ({ address, wire: wireAddress(address) }));
  const to = [...new Set(wired.flatMap(({ wire }) => wire ?? []))];
  const message = await composeMessage(letter, from);
  const sent = await transmit(server, { from: from.address, to }, message, patience, signal);
  if (sent.kind === "failed") return sent;
  const delivered = wired.filter(({ wire = "" }) => sent.delivered.includes(wire));
  const refusals = wired.flatMap(({ address, wire }): Refusal[] => {
    if (wire === undefined) return [{ address, permanent: true, why: "is no mail address" }];
    return sent.refusals
      .filter((refusal) => refusal.address === wire)
      .map((refusal) => ({ ...refusal, address }));
  });
  return { kind: "answered", delivered: delivered.map(({ address }) => address), refusals };
}

function tell(
  { events }: DeliveryParts,
  { subject }: StoredLetter,
  { delivered, refusals }: Extract<Transmission, { kind: "answered" }>,
): void {
  if (delivered.length > 0) events.info("mail sent", { to: delivered.join(", "), subject });
  for (const { address, why } of refusals) events.warn("mail refused", { to: address, subject, why });
}

function finalWords({ settings }: DeliveryParts, { address, permanent, why }: Refusal) {
  return { address, why: permanent ? why : givenUp(settings().giveUpSeconds, why) };
}

function keep({ outbox, events }: DeliveryParts, name: string, letter: StoredLetter): void {
  if (letter.pending.length > 0) outbox.save(name, letter);
  else if (letter.refused.length === 0) outbox.remove(name);
  else {
    outbox.giveUp(name, letter);
    events.onGivenUp(letter);
  }
}

/** A server that puts off so many letters in a row is not asked for all the others at once. */
const MAX_PUT_OFF_IN_A_ROW = 5;
const SERVER = "the server";

/** Tells whether there is talking to the mail server, and when it is worth the next try. Times on the monotonic clock. */
export class ServerTrouble {
  readonly #pauses: Pauses;
  readonly #events: DeliveryEvents;
  #failure: ServerFailure | undefined;
  #putOffInARow = 0;

  constructor(rule: PauseRule, events: DeliveryEvents) {
    this.#pauses = new Pauses(rule);
    this.#events = events;
  }

  /** The reason why it takes nothing at the moment. */
  get failure(): ServerFailure | undefined {
    return this.#failure;
  }

  /** Milliseconds until it is to be tried again. */
  leftMs(nowMs: number): number {
    return this.#pauses.leftMs(SERVER, nowMs);
  }

  /** The next try is to be now. */
  clearPause(): void {
    this.#pauses.clear();
  }

  /** There was no talking to it. */
  noteFailure(failure: ServerFailure): void {
    if (failure.what !== this.#failure?.what)
      this.#events.warn("no mail goes out", { why: failure.what, mend: failure.mend });
    this.#failure = failure;
    this.#pauses.extend(SERVER, performance.now());
  }

  /** It took a letter, or refused it for good. */
  noteAnswer(): void {
    this.#putOffInARow = 0;
    this.#recover();
  }

  /** It wants to be asked again later. */
  notePutOff(why: string): void {
    this.#putOffInARow += 1;
    if (this.#putOffInARow < MAX_PUT_OFF_IN_A_ROW) this.#recover();
    else this.noteFailure({ what: `the mail server puts all mails off: ${why}`, mend: "ask its operator" });
  }

  #recover(): void {
    if (this.#failure !== undefined) this.#events.info("mails go out again");
    this.#failure = undefined;
    this.#pauses.forget(SERVER);
  }
}
