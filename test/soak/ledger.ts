import type { OwnEnd } from "./job-kinds.ts";

/** A job as it was made. */
export interface Order {
  readonly id: number;
  readonly kind: string;
  /** The name that was wanted for it. */
  readonly name: string;
  readonly end: OwnEnd;
  readonly exitCode: number;
  readonly isSilent: boolean;
  readonly mailTo: readonly string[];
  readonly mailOn: string | undefined;
}

/** All that has been done to one job on purpose. */
export interface LedgerEntry extends Order {
  /** It has come into the queue, whole. */
  isDelivered: boolean;
  /** Its delivery took so long between two steps that it may have counted as whole too early. */
  wasHalting: boolean;
  /** Its info file was put right. */
  isMended: boolean;
  isKillAsked: boolean;
  isSupervisorKilled: boolean;
  /** Run ids of ended attempts after which it was put into the queue again. */
  readonly redone: string[];
  /** The run id of its last attempt, once its folder was deleted. */
  deletedAfter: string | undefined;
}

/** The books of the soak: what was delivered and what was done to it. */
export class Ledger {
  readonly entries = new Map<number, LedgerEntry>();
  /** The job of each ended attempt, by run id, as its folder told while it lay there. */
  readonly seenRuns = new Map<string, number>();
  #lastId = 0;

  /** The number of the next job. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Enters a job that is about to be delivered. */
  enter(order: Order): LedgerEntry {
    const entry: LedgerEntry = {
      ...order,
      isDelivered: false,
      wasHalting: false,
      isMended: false,
      isKillAsked: false,
      isSupervisorKilled: false,
      redone: [],
      deletedAfter: undefined,
    };
    this.entries.set(order.id, entry);
    return entry;
  }

  /** Takes out a job that was never delivered. */
  strike(id: number): void {
    this.entries.delete(id);
  }
}
