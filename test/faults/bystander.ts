import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { identify, type ProcessIdentity } from "../../src/worker/process/identity.ts";
import { isRunning } from "../support/queue-folder.ts";
import { until } from "../support/until.ts";

const SCRIPT = `for name in HUP INT TERM USR1 USR2 CONT; do trap "echo $name >>heard" $name; done
echo >ready
while [ -e ready ]; do sleep 0.05; done`;

/** A process that has nothing to do with any job, leads a session and a group of its own, and notes what it is told. It ends with its notes. */
export class Bystander {
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#child = spawn("sh", ["-c", SCRIPT], { cwd: folder, stdio: "ignore", detached: true });
  }

  /** Starts one that keeps its notes in a folder below this one. */
  static async start(base: string): Promise<Bystander> {
    const bystander = new Bystander(fs.mkdtempSync(path.join(base, "bystander-")));
    await until("a bystander", () => fs.existsSync(path.join(bystander.#folder, "ready")));
    return bystander;
  }

  get identity(): ProcessIdentity {
    const identity = identify(this.#child.pid ?? 0);
    if (identity === undefined) throw new Error("the bystander has ended");
    return identity;
  }

  /** The signals that it has got, `dead` and `stopped` for those that leave no note. */
  get heard(): string[] {
    const notes = path.join(this.#folder, "heard");
    const pid = this.#child.pid ?? 0;
    const isStopped = isRunning(pid) && /\) [Tt] /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
    return [
      ...(isRunning(pid) ? [] : ["dead"]),
      ...(isStopped ? ["stopped"] : []),
      ...(fs.existsSync(notes) ? fs.readFileSync(notes, "utf8").trimEnd().split("\n") : []),
    ];
  }

  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await until(
      "the bystander's end",
      () => this.#child.exitCode !== null || this.#child.signalCode !== null,
    );
  }
}
