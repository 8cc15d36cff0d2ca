import fs from "node:fs";
import path from "node:path";
import type { QueueFolder, Settings } from "../test/support/queue-folder.ts";
import { TestQueue } from "../test/support/test-queue.ts";
import { grouped } from "./figure.ts";
import { makeFinishedQueue } from "./page-queue.ts";

/** Content of a queue in which nothing happens. */
export interface Contents {
  readonly finished: number;
  /** Behind a pause: they are admitted, and none starts. */
  readonly waiting: number;
}

/** Content of a queue, for a table. */
export function inWords({ finished, waiting }: Contents): string {
  const counted = [
    ...(finished > 0 ? [`${grouped(finished)} finished`] : []),
    ...(waiting > 0 ? [`${grouped(waiting)} waiting`] : []),
  ];
  return counted.length > 0 ? counted.join(", ") : "nothing";
}

/** An empty queue in a temporary folder whose configuration is as shipped but for the settings given. */
export function shippedQueue(settings: Settings = {}): TestQueue {
  const queue = new TestQueue();
  configureAsShipped(queue, settings);
  return queue;
}

/** A queue in which nothing happens, configured as shipped but for the settings given. */
export function stillQueue({ finished, waiting }: Contents, settings: Settings = {}): QueueFolder {
  const queue = makeFinishedQueue(finished);
  configureAsShipped(queue, settings);
  if (waiting > 0) fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
  for (let at = 0; at < waiting; at += 1) queue.put("queue", `${String(at).padStart(5, "0")}_waiting_run`);
  return queue;
}

function configureAsShipped(queue: QueueFolder, settings: Settings): void {
  queue.writeConfig({
    QMServer: { QM_FOLDER: queue.layout.root, ...settings },
    // A port of the system's choice: another queue on this machine may have the usual one.
    WEB_QMserver: { The_Port: 0 },
  });
}
