import { removeTree } from "../../disk/empty-trash.ts";
import type { Log } from "../../disk/log.ts";
import type { CopyProgress } from "../../plan/snapshot.ts";
import { type CopyEnd, type CopyOrder, makeCopy } from "../../queue/intake/copy-in.ts";
import { finishLandings } from "../../queue/intake/land-copy.ts";
import type { Layout } from "../../queue/layout.ts";

/** More would only wait for the same disk. */
const MAX_COPIES_AT_ONCE = 2;

/** One folder to be copied in, under way or ended. */
interface CopyIn {
  readonly order: Pick<CopyOrder, "name" | "original" | "fingerprint" | "room"> & {
    /** The smaller is copied first. */
    readonly place: number;
  };
  readonly stop: AbortController;
  /** Undefined while it waits for others. */
  bytes: number | undefined;
  end: CopyEnd | undefined;
  /** On the monotonic clock. */
  endedMs: number | undefined;
}

/** The folders that the manager copies in, beside the passes: two at a time, the others in their order. */
export class CopyIns {
  readonly #layout: Layout;
  readonly #log: Log;
  readonly #wake: () => void;
  readonly #byName = new Map<string, CopyIn>();
  /** The copies under way and the removals of what nobody needs any more. */
  readonly #work = new Set<Promise<void>>();
  #underWay = 0;
  #landings: "unknown" | "halfway" | "finished" = "unknown";

  constructor(layout: Layout, log: Log, wake: () => void) {
    this.#layout = layout;
    this.#log = log;
    this.#wake = wake;
  }

  /** Progress of each. */
  progress(nowMs: number): ReadonlyMap<string, CopyProgress> {
    return new Map([...this.#byName].map(([name, copyIn]) => [name, progressOf(copyIn, nowMs)]));
  }

  /** The end of copying a folder; undefined while it goes on, or has not begun. */
  endOf(name: string): CopyEnd | undefined {
    return this.#byName.get(name)?.end;
  }

  /** Has a folder copied, unless that has begun; returns at once. */
  begin(order: CopyIn["order"]): void {
    if (this.#byName.has(order.name)) return;
    const stop = new AbortController();
    this.#byName.set(order.name, { order, stop, bytes: undefined, end: undefined, endedMs: undefined });
    this.#goOn();
  }

  /** Forgets the copy of a folder: it has taken its place, or failed. */
  forget(name: string): void {
    this.#byName.delete(name);
  }

  /** Throws the copy of a folder away. */
  drop(name: string): void {
    const copyIn = this.#byName.get(name);
    this.#byName.delete(name);
    copyIn?.stop.abort();
    if (copyIn?.end?.kind === "made") this.#remove(copyIn.end.folder);
  }

  /**
   * Throws away the copies whose original is gone or no longer as it was, and sees to landings that were cut short, at the first
   * call those of an earlier manager. Throws what the file system throws.
   * @param fingerprintOf that of a folder in the queue now; undefined when it is not there
   */
  attend(fingerprintOf: (name: string) => string | undefined): void {
    for (const [name, { order }] of this.#byName)
      if (fingerprintOf(name) !== order.fingerprint) this.drop(name);
    if (this.#landings !== "finished") this.#finish(this.#landings === "unknown");
  }

  /** Notes that neither a copy nor its original has the job's name: the next call of `attend` sees to it. */
  noteHalfway(name: string): void {
    this.forget(name);
    this.#landings = "halfway";
  }

  /** Ends the copying; what is unfinished is removed. */
  async stop(): Promise<void> {
    for (const name of this.#byName.keys()) this.drop(name);
    await Promise.all(this.#work);
  }

  #finish(isFirst: boolean): void {
    const { landed, refused, leftovers } = finishLandings(this.#layout);
    for (const job of landed) this.#log.info("a job that was being taken in has its place again", { job });
    // Later on they may be copies under way.
    if (isFirst) for (const folder of leftovers) this.#remove(folder);
    this.#landings = refused.length === 0 ? "finished" : "halfway";
  }

  #goOn(): void {
    const next = [...this.#byName.values()]
      .filter(({ bytes }) => bytes === undefined)
      .toSorted((left, right) => left.order.place - right.order.place);
    for (const copyIn of next.slice(0, MAX_COPIES_AT_ONCE - this.#underWay)) this.#track(this.#copy(copyIn));
  }

  async #copy(copyIn: CopyIn): Promise<void> {
    this.#underWay += 1;
    copyIn.bytes = 0;
    const { order, stop } = copyIn;
    const room = (bytes: number) => {
      order.room(bytes);
      copyIn.bytes = (copyIn.bytes ?? 0) + bytes;
    };
    copyIn.end = await makeCopy({ ...order, room, layout: this.#layout, signal: stop.signal });
    copyIn.endedMs = performance.now();
    this.#underWay -= 1;
    if (stop.signal.aborted && copyIn.end.kind === "made") this.#remove(copyIn.end.folder);
    this.#goOn();
    this.#wake();
  }

  #remove(folder: string): void {
    const removing = removeTree(folder).catch((error: unknown) =>
      this.#log.warn("a copy that nobody needs could not be removed", { folder, why: String(error) }),
    );
    this.#track(removing);
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}

function progressOf({ bytes, endedMs }: CopyIn, nowMs: number): CopyProgress {
  return endedMs === undefined ? { bytes } : { bytes, endedSeconds: Math.max(0, nowMs - endedMs) / 1000 };
}
