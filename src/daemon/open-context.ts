import os from "node:os";
import type { Config } from "../config/config.ts";
import { Admissions } from "../folders/admissions.ts";
import { Attempts } from "../folders/attempts.ts";
import { History } from "../folders/history.ts";
import type { Layout } from "../folders/layout.ts";
import { QueueScan } from "../folders/queue-scan.ts";
import { NameIndex } from "../folders/shelves.ts";
import { pinningSupport } from "../process/pinning.ts";
import type { Context } from "./context.ts";
import { Peaks } from "./peaks.ts";
import { RunScan } from "./run-scan.ts";

/** Opens the records and caches of a queue. Throws what the file system throws. */
export function openContext(
  layout: Layout,
  config: () => Config,
  log: Context["log"],
  wake: () => void,
): Context {
  const { worker } = config();
  const pendingShims = new Set<string>();
  const admissions = new Admissions(layout.admissions);
  const attempts = new Attempts(layout, worker);
  return {
    layout,
    place: { worker, host: os.hostname() },
    config,
    queue: new QueueScan(layout.queue, admissions),
    admissions,
    attempts,
    runScan: new RunScan(layout, attempts, pendingShims),
    history: new History(layout.history),
    finishedNames: new NameIndex(layout.finished),
    lostNames: new NameIndex(layout.lost),
    pinning: pinningSupport(),
    peaks: new Peaks(),
    pendingShims,
    askedToEnd: new Set(),
    spawned: new Set(),
    log,
    wake,
  };
}
