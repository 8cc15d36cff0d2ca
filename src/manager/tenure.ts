import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import * as z from "zod";
import { writeFileDurably } from "../disk/durable.ts";
import { isNoRoom } from "../disk/error-code.ts";
import { currentMachineId } from "../disk/machine.ts";
import { readFresh } from "../disk/safe-read.ts";
import type { Layout } from "../queue/layout.ts";
import { readQueueId, writeQueueId } from "../queue/queue-id.ts";
import { QmError } from "../text/errors.ts";
import { parseJson } from "../text/parse-json.ts";
import { tryOr } from "../text/try-or.ts";

const managerSchema = z.object({
  version: z.number(),
  /** Another one at each start. */
  instance: z.string(),
  host: z.string(),
  machineId: z.string(),
  pid: z.number(),
});

type ManagerMark = z.infer<typeof managerSchema>;

const MAX_BYTES = 4096;

/** The end of a manager whose queue has another one, or is not there any more. */
export class Superseded extends QmError {}

/**
 * The time for which a process is the manager of a queue: as long as `manager.json` names it. A process that was paused does not
 * know for how long, nor what has become of its lock: it reads the file before it acts.
 */
export class Tenure {
  readonly #layout: Layout;
  readonly #queueId: string;
  readonly #text: string;

  private constructor(layout: Layout, queueId: string) {
    this.#layout = layout;
    this.#queueId = queueId;
    this.#text = `${JSON.stringify(markOfThisProcess())}\n`;
  }

  /** Makes this process the manager of a queue, durably; whoever was it before stops acting. Throws what the file system throws. */
  static begin(layout: Layout, queueId: string): Tenure {
    const tenure = new Tenure(layout, queueId);
    tenure.#write();
    return tenure;
  }

  /**
   * False where `manager.json` is missing, as somebody has deleted it. Throws {@link Superseded} where another manager has the queue,
   * or another queue is in its place; what the file system throws where that cannot be told.
   */
  confirm(): boolean {
    const found = readFresh(this.#layout.manager, MAX_BYTES);
    if (found === this.#text) return true;
    if (found !== undefined) throw supersededBy(this.#layout, found);
    const id = readQueueId(this.#layout);
    if (id !== undefined && id !== this.#queueId) throw replaced(this.#layout);
    return false;
  }

  /** Writes `manager.json` again where it is missing, and the queue's id where `.qm` was deleted. Throws what the file system throws. */
  renew(): void {
    this.#write();
    if (readQueueId(this.#layout) === undefined) writeQueueId(this.#layout, this.#queueId);
  }

  // On a full disk the queue goes on without the file, rather than with the name of the manager before: it is tried again.
  #write(): void {
    const { manager } = this.#layout;
    try {
      writeFileDurably(manager, this.#text);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      fs.rmSync(manager, { force: true });
      tryOr(() => writeFileDurably(manager, this.#text), undefined);
    }
  }
}

/** The manager that a queue has now, or had last; undefined where no file tells. */
export function managerOf(layout: Layout): Pick<ManagerMark, "host" | "pid"> | undefined {
  return parseJson(managerSchema, tryOr(() => readFresh(layout.manager, MAX_BYTES), undefined) ?? "");
}

function markOfThisProcess(): ManagerMark {
  return {
    version: 1,
    instance: crypto.randomUUID(),
    host: os.hostname(),
    machineId: currentMachineId(),
    pid: process.pid,
  };
}

function supersededBy(layout: Layout, text: string): Error {
  const other = parseJson(managerSchema, text);
  if (other === undefined) return new Error(`${layout.manager} cannot be understood: remove it`);
  return new Superseded(
    "refused",
    `another manager has taken this queue over: process ${other.pid} on ${other.host}`,
    { path: layout.root, mend: "look at it with `qm status`; `qm stop` there stops it" },
  );
}

function replaced({ root }: Layout): Superseded {
  return new Superseded("refused", "another queue lies in its folder now", {
    path: root,
    mend: "put the folder back or mount it again, or start a manager of the new queue",
  });
}
