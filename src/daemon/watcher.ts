import fs from "node:fs";
import { type FSWatcher, watch } from "chokidar";
import type { Log } from "./log.ts";

/** What the watched folders tell. Events carry no truth: what they miss the next scan finds. */
export interface WatchedFolders {
  /** Few things lie in these; something has happened in one of them. */
  readonly small: readonly { readonly folder: string; readonly onChange: () => void }[];
  /** Ten thousand folders may lie in this one. */
  readonly queue: string;
  /** Something has happened to the name given, or to any. */
  readonly onQueueChange: (name?: string) => void;
}

/**
 * Wakes the pass when something happens in the folders given. What is missed (network mounts, overflow, watches used up)
 * costs a delay only.
 */
export class Watchers {
  readonly #small: readonly FSWatcher[];
  readonly #queue: NameWatcher;

  constructor({ small, queue, onQueueChange }: WatchedFolders, log: Log) {
    const warn = warnOnce(log);
    this.#small = small.map(({ folder, onChange }) => watchSmall(folder, onChange, warn));
    this.#queue = new NameWatcher(queue, onQueueChange, warn);
  }

  /** Watches the folder anew where it was made again. */
  keep(): void {
    this.#queue.keep();
  }

  async close(): Promise<void> {
    this.#queue.close();
    await Promise.all(this.#small.map((watcher) => watcher.close()));
  }
}

function watchSmall(folder: string, onChange: () => void, warn: (error: unknown) => void): FSWatcher {
  // Only the folder itself, nothing in it.
  const watcher = watch(folder, {
    depth: 0,
    ignoreInitial: true,
    ignorePermissionErrors: true,
    ignored: (path) => path !== folder,
  });
  watcher.on("raw", onChange);
  // What happened before it was watching is found by a look of its own.
  watcher.on("ready", onChange);
  watcher.on("error", warn);
  return watcher;
}

/**
 * Tells which names of one folder something happens to. Not by chokidar, which reads the whole folder again after every
 * event: with ten thousand jobs in it that takes longer than to run one.
 */
class NameWatcher {
  readonly #folder: string;
  readonly #onChange: (name?: string) => void;
  readonly #warn: (error: unknown) => void;
  #watcher: fs.FSWatcher | undefined;
  #watched = "";

  constructor(folder: string, onChange: (name?: string) => void, warn: (error: unknown) => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#warn = warn;
    this.keep();
  }

  keep(): void {
    const found = fs.statSync(this.#folder, { throwIfNoEntry: false });
    const identity = found === undefined ? "" : `${found.dev}:${found.ino}`;
    if (identity === this.#watched) return;
    this.close();
    this.#watched = identity;
    if (found !== undefined) this.#watch();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #watch(): void {
    try {
      this.#watcher = fs.watch(this.#folder, { encoding: "buffer" }, (_event, name) => this.#tell(name));
      this.#watcher.on("error", (error) => {
        this.#warn(error);
        this.close();
      });
    } catch (error) {
      this.#warn(error);
    }
    this.#onChange();
  }

  #tell(bytes: Buffer | null): void {
    const name = bytes?.toString("utf8");
    const isWhole = name !== undefined && bytes !== null && Buffer.from(name, "utf8").equals(bytes);
    this.#onChange(isWhole ? name : undefined);
  }
}

function warnOnce(log: Log): (error: unknown) => void {
  let warned = false;
  return (error) => {
    if (!warned) log.warn("a watcher failed; changes are found by scanning", { why: String(error) });
    warned = true;
  };
}
