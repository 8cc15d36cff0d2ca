import fs from "node:fs/promises";
import path from "node:path";
import { isIgnoredName } from "../../job/names.ts";
import type { Layout } from "../../queue/layout.ts";

/** The shelves that ended jobs lie on. */
export type EndedShelf = "finished" | "lost";

const ENDED_SHELVES: readonly EndedShelf[] = ["finished", "lost"];

/** A listing of a hundred thousand names takes its time: then it is made the more seldom. */
const REST_FACTOR = 20;
const MIN_REST_MS = 500;
/** Longer than one tick of any file system's clock; some count in whole seconds. */
const TICK_MS = 2500;

/** Which job folders lie on the shelves of ended jobs, read anew when a shelf's own mtime has moved. */
export class EndedShelves {
  readonly #layout: Layout;
  #shelfOf = new Map<string, EndedShelf>();
  #stamp: string | undefined;
  #restUntilMs = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Looks at the shelves if they have changed and a look is due; true when there are other names. */
  async refresh(): Promise<boolean> {
    const fromMs = performance.now();
    if (fromMs < this.#restUntilMs) return false;
    const stamp = await this.#currentStamp();
    if (stamp !== undefined && stamp === this.#stamp) return false;
    const names = await this.#readNames();
    const isOther = !isSame(names, this.#shelfOf);
    this.#shelfOf = names;
    this.#stamp = stamp;
    const tookMs = performance.now() - fromMs;
    this.#restUntilMs = fromMs + tookMs + Math.max(MIN_REST_MS, tookMs * REST_FACTOR);
    return isOther;
  }

  get names(): Iterable<string> {
    return this.#shelfOf.keys();
  }

  shelfOf(name: string): EndedShelf | undefined {
    return this.#shelfOf.get(name);
  }

  /** Takes over what is known of one name without a look at all of them. */
  note(name: string, shelf: EndedShelf | undefined): void {
    if (shelf === undefined) this.#shelfOf.delete(name);
    else this.#shelfOf.set(name, shelf);
  }

  /** Where a job's folder lies just now. */
  async look(name: string): Promise<EndedShelf | undefined> {
    for (const shelf of ENDED_SHELVES) {
      const found = await fs.lstat(path.join(this.#layout[shelf], name)).catch(() => undefined);
      if (found?.isDirectory() === true) return shelf;
    }
    return undefined;
  }

  async #readNames(): Promise<Map<string, EndedShelf>> {
    const names = new Map<string, EndedShelf>();
    for (const shelf of ENDED_SHELVES)
      for (const entry of await fs.readdir(this.#layout[shelf], { withFileTypes: true }))
        if (entry.isDirectory() && isJobName(entry.name) && !names.has(entry.name))
          names.set(entry.name, shelf);
    return names;
  }

  /** What differs once a shelf has changed; undefined where a change of just now may share its time with the next one. */
  async #currentStamp(): Promise<string | undefined> {
    const stats = await Promise.all(ENDED_SHELVES.map((shelf) => fs.stat(this.#layout[shelf])));
    const isSettled = stats.every(({ mtimeMs }) => Math.abs(Date.now() - mtimeMs) > TICK_MS);
    return isSettled ? stats.map(({ mtimeMs, ino }) => `${mtimeMs} ${ino}`).join(" ") : undefined;
  }
}

// A name whose bytes are no text has lost them here: no address leads to it.
function isJobName(name: string): boolean {
  return !isIgnoredName(name) && !name.includes("\ufffd");
}

function isSame(a: ReadonlyMap<string, EndedShelf>, b: ReadonlyMap<string, EndedShelf>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, shelf] of a) if (b.get(name) !== shelf) return false;
  return true;
}
