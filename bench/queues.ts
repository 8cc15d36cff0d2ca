import fs from "node:fs";
import path from "node:path";
import { type Settings, TestQueue } from "../test/support/test-queue.ts";
import { grouped } from "./figure.ts";
import { type FinishedQueue, makeFinishedQueue } from "./page-queue.ts";

/** Places of a queue's configuration and folders. */
type Configured = Pick<FinishedQueue, "layout" | "configFile">;

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
  writeConfig(queue, settings);
  return queue;
}

/** A queue in which nothing happens, configured as shipped but for the settings given. */
export function stillQueue({ finished, waiting }: Contents, settings: Settings = {}): FinishedQueue {
  const queue = makeFinishedQueue(finished);
  writeConfig(queue, settings);
  if (waiting > 0) fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
  for (let at = 0; at < waiting; at += 1)
    makeJob(path.join(queue.layout.queue, `${String(at).padStart(5, "0")}_waiting_run`), "true");
  return queue;
}

/** Makes a job's folder. */
export function makeJob(folder: string, script: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "proc_config.cfg"), `[QMOptions]\nscript : ${script}\n`);
}

/** Makes a job's folder that need not rest before it is taken. */
export function makeReadyJob(folder: string, script: string): void {
  makeJob(folder, script);
  fs.writeFileSync(path.join(folder, "QM_READY"), "");
}

function writeConfig({ configFile, layout }: Configured, settings: Settings): void {
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  // A port of the system's choice: another queue on this machine may have the usual one.
  const page = "[WEB_QMserver]\nThe_Port = 0\n";
  fs.writeFileSync(configFile, `[QMServer]\nQM_FOLDER = ${layout.root}\n${lines.join("")}${page}`);
}
