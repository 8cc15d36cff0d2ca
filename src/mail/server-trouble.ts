import { type PauseRule, Pauses } from "../job/pauses.ts";
import type { DeliveryEvents } from "./delivery.ts";
import type { ServerFailure } from "./smtp-failure.ts";

/** A server that puts off so many letters in a row is not asked for all the others at once. */
const MAX_PUT_OFF_IN_A_ROW = 5;
const SERVER = "the server";

/** Whether there is talking to the mail server, and when it is worth the next try. Times on the monotonic clock. */
export class ServerTrouble {
  readonly #pauses: Pauses;
  readonly #events: DeliveryEvents;
  #failure: ServerFailure | undefined;
  #putOffInARow = 0;

  constructor(rule: PauseRule, events: DeliveryEvents) {
    this.#pauses = new Pauses(rule);
    this.#events = events;
  }

  /** Why it takes nothing at the moment. */
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
