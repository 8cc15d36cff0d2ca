import path from "node:path";
import { emptyTrash } from "../disk/empty-trash.ts";
import type { Layout } from "../queue/layout.ts";

/** The queue's trash, emptied bit by bit beside all else: a job may leave a million files. */
export class Trash {
  readonly #folder: string;
  readonly #log: (text: string) => void;
  readonly #stop = new AbortController();
  /** Names that have been told of already. */
  readonly #told = new Set<string>();
  #emptying: Promise<void> = Promise.resolve();

  constructor({ trash }: Pick<Layout, "trash">, log: (text: string) => void) {
    this.#folder = trash;
    this.#log = log;
  }

  /** Has it emptied, after what is under way; returns at once. */
  empty(): void {
    this.#emptying = this.#emptying.then(() => this.#empty());
  }

  /** Stops; the next process empties the rest. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#emptying;
  }

  async #empty(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    for (const { name, why } of await emptyTrash(this.#folder, this.#stop.signal)) {
      if (this.#told.has(name)) continue;
      this.#told.add(name);
      this.#log(`${path.join(this.#folder, name)} cannot be removed (${why}): remove it by hand`);
    }
  }
}
