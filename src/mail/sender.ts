import { setImmediate as nextTurn } from "node:timers/promises";
import { Rest } from "../disk/rest.ts";
import { createdAtMs } from "../job/letter.ts";
import { type PauseRule, Pauses } from "../job/pauses.ts";
import { type DeliveryParts, deliver, expire, ServerTrouble, type Tried } from "./delivery.ts";
import { storeForm } from "./letter.ts";
import { heldLetter } from "./manager-letters.ts";
import { serverOf } from "./server.ts";
import type { ServerFailure } from "./smtp-failure.ts";
import type { StoredLetter } from "./stored-letter.ts";
import { type Patience, USUAL_PATIENCE } from "./transmit.ts";

/** The parts of a sender. */
export interface SenderParts extends DeliveryParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pauses?: PauseRule;
  readonly patience?: Patience;
}

const USUAL_PAUSES: PauseRule = { firstMs: 30_000, longestMs: 3_600_000 };
const MAX_REST_MS = 60_000;
const AFTER_FAULT_MS = 30_000;
/** One that has just been started has not tried for long, however old the letters are. */
const MIN_TRYING_MS = 3_600_000;
const SWEEP_SLICE = 50;

/** Hands the letters of the outbox to the mail server, one after the other, beside everything else. */
export class Sender {
  readonly #parts: SenderParts;
  readonly #pauses: Pauses;
  readonly #rest = new Rest();
  readonly #stopped = new AbortController();
  #loop: Promise<void> | undefined;
  readonly #server: ServerTrouble;
  #warnings: readonly string[] = [];

  constructor(parts: SenderParts) {
    this.#parts = parts;
    const rule = parts.pauses ?? USUAL_PAUSES;
    this.#pauses = new Pauses(rule);
    this.#server = new ServerTrouble(rule, parts.events);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Stops at once: a letter that is being sent is sent again by the next sender. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#rest.wake();
    await this.#loop;
  }

  /** There may be something new to do. */
  wake(): void {
    this.#rest.wake();
  }

  /** Tries everything now. */
  sendNow(): void {
    this.#pauses.clear();
    this.#server.clearPause();
    this.#rest.wake();
  }

  /** The reason why the server takes nothing at the moment. */
  get failure(): ServerFailure | undefined {
    return this.#server.failure;
  }

  /** Faults that ought to be mended though letters go out. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Number of letters that wait because the server asked for it. */
  get deferredCount(): number {
    return this.#pauses.size;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const waitMs = await this.#step().catch((error: unknown) => {
        this.#parts.events.warn("the outbox cannot be worked on", { why: String(error) });
        return AFTER_FAULT_MS;
      });
      if (waitMs > 0) await this.#rest.upTo(waitMs);
      else await nextTurn();
    }
  }

  // Gives the milliseconds until there may be something to do again.
  async #step(): Promise<number> {
    if (!this.#parts.settings().active) return MAX_REST_MS;
    this.#turnDay();
    const nowMs = performance.now();
    const closedMs = this.#server.leftMs(nowMs);
    if (closedMs > 0) return Math.min(closedMs, MAX_REST_MS);
    const next = this.#pauses.soonest(this.#parts.outbox.names, nowMs);
    if (next === undefined) return MAX_REST_MS;
    if (next.leftMs > 0) return Math.min(next.leftMs, MAX_REST_MS);
    await this.#try(next.name).catch((error: unknown) => this.#putOff(next.name, error));
    return 0;
  }

  #turnDay(): void {
    const { counts, outbox } = this.#parts;
    if (counts.isToday) return;
    for (const held of counts.heldOfPast) outbox.post(storeForm(heldLetter(held), Date.now()));
    counts.beginToday();
  }

  // A letter with which something cannot be done must not keep the others waiting.
  #putOff(name: string, error: unknown): void {
    this.#parts.events.warn("a mail cannot be seen to; trying again later", {
      file: name,
      why: String(error),
    });
    this.#pauses.extend(name, performance.now());
  }

  async #try(name: string): Promise<void> {
    const { outbox, events } = this.#parts;
    const found = outbox.read(name);
    if (found.kind === "letter") return await this.#deliver(name, found.letter);
    if (found.kind === "absent") outbox.forget(name);
    else outbox.putAside(name);
    this.#pauses.forget(name);
    if (found.kind === "strange")
      events.warn("a file in the outbox is no letter and was put aside", { file: name, why: found.why });
  }

  async #deliver(name: string, letter: StoredLetter): Promise<void> {
    const { settings, env, patience = USUAL_PATIENCE } = this.#parts;
    const answer = serverOf(settings(), env);
    if (answer.kind === "unusable") {
      const failure = { what: answer.why, mend: "mend the configuration" };
      return await this.#noteTried(name, { kind: "failed", failure, inLetter: false });
    }
    this.#warnings = answer.warnings;
    const { signal } = this.#stopped;
    const attempt = { server: answer.server, patience, signal, isLast: this.#isExpired(name) };
    const tried = await deliver(this.#parts, name, letter, attempt);
    if (!signal.aborted) await this.#noteTried(name, tried);
  }

  async #noteTried(name: string, tried: Tried): Promise<void> {
    if (tried.kind === "settled") {
      this.#pauses.forget(name);
      this.#server.noteAnswer();
    } else if (tried.kind === "put off") {
      this.#pauses.extend(name, performance.now());
      if (tried.delivered) this.#server.noteAnswer();
      else this.#server.notePutOff(tried.why);
    } else {
      // A letter that ends every conversation must not keep the others from being tried first.
      if (tried.inLetter) this.#pauses.extend(name, performance.now());
      this.#server.noteFailure(tried.failure);
      await this.#giveUpExpired(tried.failure.what);
    }
  }

  // Oldest first, up to the first one that is young enough.
  async #giveUpExpired(why: string): Promise<void> {
    let count = 0;
    for (const name of this.#parts.outbox.names) {
      if (!this.#isExpired(name) || this.#stopped.signal.aborted) return;
      expire(this.#parts, name, why);
      this.#pauses.forget(name);
      count += 1;
      if (count % SWEEP_SLICE === 0) await nextTurn();
    }
  }

  #isExpired(name: string): boolean {
    const giveUpMs = this.#parts.settings().giveUpSeconds * 1000;
    // The clock on the wall may have been set ahead.
    const knownMs = performance.now() - this.#parts.outbox.knownSinceMs(name);
    return knownMs >= Math.min(giveUpMs, MIN_TRYING_MS) && Date.now() - createdAtMs(name) > giveUpMs;
  }
}
