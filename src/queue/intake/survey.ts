import crypto from "node:crypto";
import { type TreeEntry, walkTree } from "../../disk/tree.ts";
import { isUnfinishedName } from "../../text/unfinished-names.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { isRequestEntry } from "../request-files.ts";

/** One whole look at a job's folder. */
export interface Survey {
  /** Equal for two looks exactly when path, type, size, mtime and ctime of everything inside were equal. */
  readonly fingerprint: string;
  readonly bytes: number;
  readonly files: number;
  /** Everything inside, request files left out. */
  readonly entries: number;
  /** A name inside that means that a copy is still going on. */
  readonly copyInProgress?: string;
}

/** A survey under way; `advance` goes on with it until it is whole or the time is used up. */
export class Surveyor {
  readonly #walk: Generator<TreeEntry>;
  readonly #by: "times" | "names";
  readonly #hash = crypto.createHash("sha1");
  #bytes = 0;
  #files = 0;
  #entries = 0;
  #copyInProgress: string | undefined;
  readonly #isUnfinished: (name: string) => boolean;

  /**
   * @param folder throws what `readdir` throws when it cannot be read at all, at the first `advance`
   * @param by what the fingerprint goes by beside path, type and size; by the names alone a copy has that of its original
   * @param isUnfinished which names mean that a copy is still going on
   */
  constructor(
    folder: string | Buffer,
    by: "times" | "names" = "times",
    isUnfinished: (name: string) => boolean = isUnfinishedName,
  ) {
    this.#walk = walkTree(folder);
    this.#by = by;
    this.#isUnfinished = isUnfinished;
  }

  /** The survey once it is whole, undefined when `budgetMs` milliseconds have passed before. */
  advance(budgetMs: number): Survey | undefined {
    const until = performance.now() + budgetMs;
    for (let count = 1; ; count += 1) {
      const step = this.#walk.next();
      if (step.done === true) return this.#whole();
      this.#add(step.value);
      if (count % 32 === 0 && performance.now() >= until) return undefined;
    }
  }

  #add(entry: TreeEntry): void {
    const relative = entry.path.toString("utf8");
    if (isRequestEntry(entry)) return;
    // The root's own times are left out by the walk; a request changes them and a rename does too.
    this.#hash.update(entry.path);
    const times = this.#by === "names" ? "" : `${entry.mtimeMs} ${entry.ctimeMs}`;
    this.#hash.update(`\0${entry.type} ${entry.bytes} ${times}\0`);
    this.#bytes += entry.bytes;
    this.#entries += 1;
    if (entry.type === "file") this.#files += 1;
    const name = relative.slice(relative.lastIndexOf("/") + 1);
    if (this.#copyInProgress === undefined && this.#isUnfinished(name)) this.#copyInProgress = relative;
  }

  #whole(): Survey {
    return withoutUndefined({
      fingerprint: this.#hash.digest("hex"),
      bytes: this.#bytes,
      files: this.#files,
      entries: this.#entries,
      copyInProgress: this.#copyInProgress,
    });
  }
}
