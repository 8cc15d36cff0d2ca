import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { OnShimEnd, ShimOrder, SpawnShim } from "./spawn-shim.ts";

// From its place in the program as it is built.
const PROGRAM = fileURLToPath(new URL("../bin/spawner.js", import.meta.url));

/** The news of the process that spawns shims: one has ended, or was not spawned. */
export interface ShimEnd {
  readonly attemptFolder: string;
  readonly failure?: string | undefined;
}

type Piped = ChildProcessByStdio<Writable, Readable, null>;

// Without a handle for them it has not even pipes.
function hasBegun({ pid }: Piped): boolean {
  return pid !== undefined;
}

/**
 * Has shims spawned by a small process of its own. Whoever spawns a process stands still while its page tables are copied, which
 * takes a manager longer the more it has in memory. That process begins with the first order, and anew once it has ended. It ends
 * when this one does, having carried out its orders; the shims outlive both.
 */
export class Spawner {
  readonly #program: string;
  #process: Piped | undefined;
  readonly #underWay = new Map<string, OnShimEnd>();

  constructor(program = PROGRAM) {
    this.#program = program;
  }

  /** Spawns a shim, as `spawnShim` does; one at a time for an attempt. */
  readonly spawn: SpawnShim = (order, onEnd) => {
    this.#underWay.set(order.attemptFolder, onEnd);
    try {
      this.#process ??= this.#begin();
      this.#order(this.#process, order);
    } catch (error) {
      this.#endAll(String(error));
    }
  };

  /** Lets the other process end, without waiting for it: it may hang at a disk that is gone. */
  close(): void {
    if (this.#process === undefined || !hasBegun(this.#process)) return;
    this.#process.stdin.end();
    this.#process.stdout.destroy();
    this.#process.unref();
  }

  #begin(): Piped {
    const command = ["--max-semi-space-size=1", this.#program];
    const begun = spawn(process.execPath, command, {
      cwd: "/",
      stdio: ["pipe", "pipe", "ignore"],
      // Whatever signal a terminal sends to the manager's group, an order that was given is carried out.
      detached: true,
    });
    begun.on("error", (error) => this.#endAll(error.message));
    begun.once("exit", () => this.#endAll("the process that starts jobs has ended"));
    if (hasBegun(begun)) this.#listen(begun);
    return begun;
  }

  #listen({ stdin, stdout }: Piped): void {
    createInterface({ input: stdout }).on("line", (line) => this.#tell(JSON.parse(line) as ShimEnd));
    stdin.on("error", () => undefined);
  }

  #order(begun: Piped, order: ShimOrder): void {
    // Of one that has not the reason is about to be told.
    if (hasBegun(begun)) begun.stdin.write(`${JSON.stringify(order)}\n`);
  }

  #endAll(failure: string): void {
    this.#process = undefined;
    for (const attemptFolder of this.#underWay.keys()) this.#tell({ attemptFolder, failure });
  }

  #tell({ attemptFolder, failure }: ShimEnd): void {
    const onEnd = this.#underWay.get(attemptFolder);
    this.#underWay.delete(attemptFolder);
    onEnd?.(failure);
  }
}
