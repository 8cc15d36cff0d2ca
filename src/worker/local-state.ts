import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../disk/durable.ts";
import { errorCode } from "../disk/error-code.ts";
import { networkFileSystem } from "../disk/file-system.ts";
import { lockFile } from "../disk/lock-file.ts";
import { readRecordBytes } from "../disk/safe-read.ts";
import { stateFolder } from "../queue/known-queues.ts";
import { QmError } from "../text/errors.ts";
import { parseJson } from "../text/parse-json.ts";

const machineSchema = z.object({
  version: z.literal(1),
  /** Random, made with the folder: stands for the machine where that has no id. */
  id: z.string().min(1),
  /** Machines of this worker's name that are no more, by a person's word: nothing that they started lives. */
  adopted: z.array(z.string()),
});

type MachineNote = z.infer<typeof machineSchema>;

const MAX_BYTES = 65_536;

/** The folder in which a worker keeps what means something on its own machine alone, locked for this process. */
export class LocalState {
  /** Absolute. */
  readonly folder: string;
  readonly #lock: number;
  #note: MachineNote;

  private constructor(folder: string, lock: number) {
    this.folder = folder;
    this.#lock = lock;
    this.#note = readNote(folder) ?? { version: 1, id: crypto.randomUUID(), adopted: [] };
  }

  /**
   * Opens it, made where it is missing. Throws `refused` where another process has it; `failed` where it lies on a network mount or
   * cannot be made.
   * @param given the folder below which it lies, where the configuration names one
   */
  static open(given: string | undefined, queueId: string, worker: string): LocalState {
    // Names are compared without case.
    const folder = path.join(given ?? usualFolder(), queueId, worker.toLowerCase());
    makeOwn(folder);
    const lock = takeLock(folder, worker);
    try {
      const state = new LocalState(folder, lock);
      state.#write();
      return state;
    } catch (error) {
      fs.closeSync(lock);
      throw error;
    }
  }

  /** Stands for the machine where that has no id of its own. */
  get id(): string {
    return this.#note.id;
  }

  /** The machines of this worker's name that are no more. */
  get adopted(): readonly string[] {
    return this.#note.adopted;
  }

  /** Notes, durably, that a machine of this worker's name is no more. Throws what the file system throws. */
  adopt(machine: string): void {
    if (this.#note.adopted.includes(machine)) return;
    this.#note = { ...this.#note, adopted: [...this.#note.adopted, machine] };
    this.#write();
  }

  /** Lets another process have it. */
  close(): void {
    fs.closeSync(this.#lock);
  }

  #write(): void {
    writeFileDurably(noteFile(this.folder), `${JSON.stringify(this.#note)}\n`, 0o600);
  }
}

function noteFile(folder: string): string {
  return path.join(folder, "machine.json");
}

// One that cannot be read is no missing one: with another id in its place running jobs would be a stranger's.
function readNote(folder: string): MachineNote | undefined {
  return parseJson(machineSchema, readRecordBytes(noteFile(folder), MAX_BYTES)?.toString("utf8") ?? "");
}

function usualFolder(): string {
  const state = stateFolder();
  if (path.isAbsolute(state)) return path.join(state, "queuemanager");
  throw new QmError("failed", "there is no place for the worker's own records: the user has no home folder", {
    mend: "name a folder on a disk of this machine with Local_State in [Worker] of a QMserv.cfg",
  });
}

function makeOwn(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new QmError(
      "failed",
      `the folder of the worker's own records cannot be made (${errorCode(error)})`,
      {
        path: folder,
        mend: "name another with Local_State in [Worker] of a QMserv.cfg",
        cause: error,
      },
    );
  }
  const mount = networkFileSystem(folder);
  if (mount === undefined) return;
  throw new QmError("failed", `the worker's own records would lie on a network mount: ${mount}`, {
    path: folder,
    mend: "name a folder on a disk of this machine with Local_State in [Worker] of a QMserv.cfg",
  });
}

function takeLock(folder: string, worker: string): number {
  const lock = fs.openSync(path.join(folder, "lock"), fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  if (lockFile(lock)) return lock;
  fs.closeSync(lock);
  throw new QmError("refused", `a worker ${worker} runs on this machine already`, {
    path: folder,
    mend: "stop that one first, or give this one another name with --name",
  });
}
