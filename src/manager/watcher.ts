import fs from "node:fs";
import path from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Log } from "../disk/log.ts";
import type { QueueScan } from "../queue/intake/queue-scan.ts";
import { workerFiles } from "../queue/workers/worker-files.ts";
import type { Context } from "./context.ts";

/** A folder to be watched; told of a name, or of any. Events carry no truth: what they miss the next scan finds. */
interface Watched {
  readonly folder: string;
  readonly onChange: (name?: string) => void;
}

/**
 * Wakes the pass when something happens in the folders given. What is missed (network mounts, overflow, watches used up)
 * costs a delay only.
 */
export class Watchers {
  readonly #root: FSWatcher;
  readonly #jobFolders: readonly NameWatcher[];
  readonly #others: () => readonly Watched[];
  /** By folder. */
  readonly #otherFolders = new Map<string, NameWatcher>();
  readonly #warn: (error: unknown) => void;

  /**
   * @param root few things lie in it; told that something has happened, without a name
   * @param jobFolders folders in which ten thousand jobs may lie, or through which they pass
   * @param others folders that come and go
   */
  constructor(root: Watched, jobFolders: readonly Watched[], others: () => readonly Watched[], log: Log) {
    this.#warn = warnOnce(log);
    this.#root = watchFolder(root, this.#warn);
    this.#jobFolders = jobFolders.map((watched) => new NameWatcher(watched, this.#warn));
    this.#others = others;
  }

  /** Watches those folders anew that were made again, and those that have come since. */
  keep(): void {
    for (const watcher of this.#jobFolders) watcher.keep();
    this.#keepOthers();
  }

  #keepOthers(): void {
    const wanted = new Map(this.#others().map((watched) => [watched.folder, watched]));
    for (const [folder, watcher] of this.#otherFolders) {
      if (wanted.has(folder)) watcher.keep();
      else watcher.close();
      if (!wanted.has(folder)) this.#otherFolders.delete(folder);
    }
    for (const [folder, watched] of wanted)
      if (!this.#otherFolders.has(folder))
        this.#otherFolders.set(folder, new NameWatcher(watched, this.#warn));
  }

  async close(): Promise<void> {
    for (const watcher of [...this.#jobFolders, ...this.#otherFolders.values()]) watcher.close();
    await this.#root.close();
  }
}

function watchFolder({ folder, onChange }: Watched, warn: (error: unknown) => void): FSWatcher {
  // Only the folder itself, nothing in it.
  const watcher = watch(folder, {
    depth: 0,
    ignoreInitial: true,
    ignorePermissionErrors: true,
    ignored: (path) => path !== folder,
  });
  watcher.on("raw", () => onChange());
  // Changes from before it was watching are found by a look of its own.
  watcher.on("ready", () => onChange());
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
  /** The folder that is watched, held open: so that the number of its inode is nobody else's when it is made again. */
  #held: number | undefined;

  constructor({ folder, onChange }: Watched, warn: (error: unknown) => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#warn = warn;
    this.keep();
  }

  keep(): void {
    const found = fs.statSync(this.#folder, { throwIfNoEntry: false });
    if (found === undefined || this.#holds(found)) return;
    this.close();
    this.#watch();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (this.#held !== undefined) fs.closeSync(this.#held);
    this.#held = undefined;
  }

  #holds(found: fs.Stats): boolean {
    if (this.#held === undefined) return false;
    const { dev, ino } = fs.fstatSync(this.#held);
    return dev === found.dev && ino === found.ino;
  }

  #watch(): void {
    try {
      this.#held = fs.openSync(this.#folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
      this.#watcher = fs.watch(this.#folder, { encoding: "buffer" }, (_event, name) => this.#tell(name));
      this.#watcher.on("error", (error) => this.#warn(error));
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

/**
 * Wakes the manager on events that it did not cause. An event in the root folder names no job; touching that folder asks for a
 * look at everything (`wakeManager`).
 * @param noteRunning told of each name in `QM_Jobs` to which something has happened
 */
export function watchQueue(
  { layout, queue, workers, log, wake }: Context,
  noteRunning: (name: string) => void,
): Watchers {
  const onRootChange = () => {
    queue.lookAtAllSoon();
    wake();
  };
  const onQueueChange = (name?: string) => {
    if (isNews(queue, name)) wake();
  };
  const onRunningChange = (name?: string) => {
    if (name === undefined) wake();
    else noteRunning(name);
  };
  // Every few seconds a worker reports that it lives: that is read, and worth no pass.
  const reportFolder = (worker: string): Watched => {
    const { folder, report } = workerFiles(layout, worker);
    const onChange = (name?: string) => {
      if (name === undefined) workers.lookSoon();
      else if (name !== path.basename(report) || !workers.hear(worker)) return;
      wake();
    };
    return { folder, onChange };
  };
  const reportFolders = () => workers.remoteNames.map(reportFolder);
  const jobFolders = [
    { folder: layout.queue, onChange: onQueueChange },
    { folder: layout.running, onChange: onRunningChange },
  ];
  return new Watchers({ folder: layout.root, onChange: onRootChange }, jobFolders, reportFolders, log);
}

// An entry that cannot be looked at just now is met by the next pass, which tells of it; an event must not end the manager.
function isNews(queue: QueueScan, name: string | undefined): boolean {
  try {
    if (name !== undefined) return queue.noteChange(name);
  } catch {
    // Then it may be any name.
  }
  queue.noteAnyChange();
  return true;
}
