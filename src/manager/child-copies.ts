import crypto from "node:crypto";
import path from "node:path";
import { explain } from "../queue/explain.ts";
import type { Layout } from "../queue/layout.ts";
import { type ChildOrder, copyChild, hiddenChildName } from "../queue/submit/copy-child.ts";

/** The state of copying one child. */
type Copying = { readonly kind: "goes_on" | "made" } | { readonly kind: "failed"; readonly why: string };

interface ChildCopy {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  state: Copying;
}

/** The children of jobs that run on all workers, as they are copied beside the passes; each by its hidden place. */
export class ChildCopies {
  readonly #by = crypto.randomBytes(8).toString("hex");
  readonly #wake: () => void;
  readonly #copies = new Map<string, ChildCopy>();

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** The hidden place in the queue of a child that this manager copies. */
  placeOf({ queue }: Layout, runId: string, at: number): string {
    return path.join(queue, hiddenChildName(runId, at, this.#by));
  }

  /** The state of a copy; undefined where it has not begun. */
  stateOf(to: string): Copying | undefined {
    return this.#copies.get(to)?.state;
  }

  /** Has a child copied; returns at once. */
  begin(order: Omit<ChildOrder, "signal">): void {
    const stop = new AbortController();
    const done = copyChild({ ...order, signal: stop.signal })
      .then(() => this.#end(order.to, { kind: "made" }))
      .catch((error: unknown) => this.#end(order.to, { kind: "failed", why: explain(error) }));
    this.#copies.set(order.to, { stop, done, state: { kind: "goes_on" } });
  }

  /** Forgets a copy that has ended. */
  forget(to: string): void {
    this.#copies.delete(to);
  }

  /** Ends a copy. */
  async drop(to: string): Promise<void> {
    const copy = this.#copies.get(to);
    copy?.stop.abort();
    await copy?.done;
    this.forget(to);
  }

  /** Ends all copying; what is unfinished is made anew by the next manager. */
  async stop(): Promise<void> {
    const copies = [...this.#copies.values()];
    for (const { stop } of copies) stop.abort();
    await Promise.all(copies.map(({ done }) => done));
  }

  #end(to: string, state: Copying): void {
    const copy = this.#copies.get(to);
    if (copy !== undefined) copy.state = state;
    this.#wake();
  }
}
