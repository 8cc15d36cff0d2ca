import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

const PATIENCE_MS = 60_000;

/** A script whose beginning is waited for. */
export interface Shot {
  readonly script: string;
  readonly time: (start: () => void) => Promise<number>;
}

/**
 * A named pipe by which a script tells that it has begun: its first act is the shell's own `echo` into it, which
 * starts no process. The clock is that of the listener, the same for everybody who is measured.
 */
export class StartingGun {
  readonly #pipe: string;
  readonly #socket: net.Socket;
  #said = "";
  #hear: () => void = () => {};
  #shots = 0;

  constructor(folder: string) {
    this.#pipe = path.join(folder, "starting-gun");
    execFileSync("mkfifo", [this.#pipe]);
    // For writing too, so that it does not end when a script has closed it.
    const fd = fs.openSync(this.#pipe, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    this.#socket = new net.Socket({ fd, readable: true, writable: false });
    this.#socket.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
      this.#hear();
    });
  }

  /** The next script, and what measures from the call of `start` to that script's first act, in milliseconds. */
  load(): Shot {
    this.#shots += 1;
    const word = `shot-${this.#shots}`;
    return {
      script: `echo ${word} > ${this.#pipe}`,
      time: async (start) => {
        const heard = this.#heard(word);
        const startMs = performance.now();
        start();
        return (await heard) - startMs;
      },
    };
  }

  /** Removes it. */
  close(): void {
    this.#socket.destroy();
    fs.rmSync(this.#pipe, { force: true });
  }

  #heard(word: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error("waited in vain for a script's first act")),
        PATIENCE_MS,
      );
      this.#hear = () => {
        const nowMs = performance.now();
        if (!this.#said.includes(`${word}\n`)) return;
        clearTimeout(timer);
        resolve(nowMs);
      };
    });
  }
}
