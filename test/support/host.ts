import fs from "node:fs";
import type { JobFiles, JobOptions, QueueFolder } from "./queue-folder.ts";
import { until } from "./until.ts";

/** Some hosts and the folder that they share. */
export interface Hosts {
  readonly hosts: readonly Host[];
  /** The queue in the shared folder, as it lies on the disk of the file server. */
  readonly queue: QueueFolder;
  /** A file that no host loses. */
  readonly ledger: string;
  /** The command by which a job on a host adds a line to the ledger. */
  readonly tell: (line: string) => string;
  /** Puts a job folder into the queue, whole, as a person at another machine does. */
  readonly deliver: (name: string, options: JobOptions, files: JobFiles) => Promise<void>;
}

/** A machine with name, processes, ids of machine and boots, network and local disk of its own, on which the shared folder is mounted. */
export interface Host {
  readonly name: string;
  /** On its local disk. */
  readonly folder: string;
  /** Starts it, for the first time or after a crash. */
  boot(): Promise<void>;
  /** Switches it off without a warning: every process of it is gone at once. */
  crash(): Promise<void>;
  /** Stops all of it, as where a virtual machine is paused. */
  pause(): Promise<void>;
  /** Lets it go on after {@link pause}. */
  resume(): Promise<void>;
  /** Takes the shared folder away from it. */
  cutOff(): void;
  /** Gives the shared folder back. */
  reconnect(): void;
  /** Starts `qm` on it, with its configuration. */
  qm(...args: readonly string[]): Program;
  /** Starts a program on it. */
  start(command: readonly string[]): Program;
}

/** A program on a host. */
export abstract class Program {
  /** Exit code or signal, once it has ended. */
  ended: number | NodeJS.Signals | undefined;
  /** All that it wrote, to both streams. */
  said = "";

  /** Signals the program itself, where it runs. */
  abstract signal(signal: NodeJS.Signals): void;

  /** Waits until it has ended, and tells with what. */
  async end(): Promise<number | NodeJS.Signals> {
    return await until("the end of a program", () => this.ended).catch((error: Error) => {
      throw new Error(`${error.message}; it said: ${this.said}`);
    });
  }

  /** Waits until it has written something. */
  async saying(text: string): Promise<void> {
    await until(`the words ${text}`, () => {
      if (this.said.includes(text)) return true;
      if (this.ended !== undefined) throw new Error(`it ended with ${this.ended}: ${this.said}`);
      return false;
    });
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    await until("the end of a program", () => {
      this.signal("SIGKILL");
      return this.ended;
    });
  }
}

/** Sends a signal to a process of this machine. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}

/** The first child of a process. */
export function childOf(pid: number): number | undefined {
  const children = readProc(pid, `task/${pid}/children`).trim();
  return children === "" ? undefined : Number(children.split(" ")[0]);
}

/** A file in `/proc` about a process; empty once it is gone. */
export function readProc(pid: number, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
