import fs from "node:fs";
import path from "node:path";
import { QmError } from "../text/errors.ts";
import { alreadyEnded, moveBack, moveToFreeName, numbered, STATE_FOLDERS } from "./job-folders.ts";

/** A job that a worker has taken: a file or a folder in `01_running`. It stays there until it is ended, whatever becomes of the worker. */
export class DirJob {
  /** Its path, `01_running/WORKER.NAME` below `jobsDir` as that was given. */
  readonly path: string;
  /** Its name in `01_running`, `WORKER.NAME`. */
  readonly fullName: string;
  /** Its name as it came, `NAME`. */
  readonly name: string;
  /** Its name without the last ending. */
  readonly stem: string;
  readonly #jobsDir: string;
  readonly #onEnd: () => void;
  #hasEnded = false;

  /** @param onEnd called once it has been moved on */
  constructor(jobsDir: string, fullName: string, onEnd: () => void = () => undefined) {
    this.path = path.join(jobsDir, STATE_FOLDERS.running, fullName);
    this.fullName = fullName;
    this.name = fullName.slice(fullName.indexOf(".") + 1);
    this.stem = path.parse(this.name).name;
    this.#jobsDir = jobsDir;
    this.#onEnd = onEnd;
  }

  /** The job at a path in a folder `01_running`. Throws `usage` for any other path, `already_ended` where nothing lies there. */
  static at(file: string): DirJob {
    const fullName = path.basename(file);
    const running = path.dirname(path.resolve(file));
    if (path.basename(running) !== STATE_FOLDERS.running || !/^[A-Za-z0-9]+\../.test(fullName))
      throw new QmError("usage", "the path is none of a job that runs", {
        path: file,
        mend: `give it as \`next\` has printed it: …/${STATE_FOLDERS.running}/WORKER.NAME`,
      });
    if (!fs.existsSync(file)) throw alreadyEnded(file);
    return new DirJob(path.join(path.dirname(file), ".."), fullName);
  }

  /**
   * Moves it to `02_done` under the name that it came with; `NAME-2` where that is taken.
   * @returns the new path. Throws `already_ended`, and what the file system throws: then it is still running.
   */
  done(): string {
    return this.#end(() => moveToFreeName(this.path, this.#folder("done"), numbered(this.name)));
  }

  /**
   * Moves it to `99_failed` as `SECONDS.NAME`, by the Unix time. `SECONDS-2.NAME` where that is taken.
   * @returns the new path. Throws as {@link done} does.
   */
  failed(): string {
    const seconds = Math.floor(Date.now() / 1000);
    const nameOf = (number: number) => `${seconds}${number === 1 ? "" : `-${number}`}.${this.name}`;
    return this.#end(() => moveToFreeName(this.path, this.#folder("failed"), nameOf));
  }

  /**
   * Moves it back to `00_waiting`, where the next worker takes it; `NAME-2` where that is taken.
   * @returns the new path. Throws as {@link done} does.
   */
  giveBack(): string {
    return this.#end(() => moveBack(this.path, this.#folder("waiting"), numbered(this.name)));
  }

  #end(move: () => string): string {
    if (this.#hasEnded) throw alreadyEnded(this.path);
    const to = move();
    this.#hasEnded = true;
    this.#onEnd();
    return to;
  }

  #folder(state: keyof typeof STATE_FOLDERS): string {
    return path.join(this.#jobsDir, STATE_FOLDERS[state]);
  }
}
