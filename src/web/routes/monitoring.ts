import fs from "node:fs/promises";
import { Router } from "express";
import { Counter, Gauge, Registry } from "prom-client";
import { workerNamed } from "../../app/act-on-worker.ts";
import type { ManagerState } from "../../app/manager-state.ts";
import type { QueueView } from "../../app/queue-view.ts";
import { quantilesOf } from "../../app/tally.ts";
import { errorCode } from "../../disk/error-code.ts";
import { isLetterName } from "../../job/letter.ts";
import { OUTCOMES } from "../../job/record.ts";
import { tryOr } from "../../text/try-or.ts";
import type { WebContext } from "../context.ts";
import type { EndedAttempt } from "../ended/ended-attempt.ts";

/** `GET /metrics` for Prometheus, made anew for each request. */
export function metricsRouter(context: WebContext): Router {
  const router = Router();
  router.get("/metrics", async (_request, response) => {
    const registry = await registryOf(context);
    const text = await registry.metrics();
    response.set("Content-Type", registry.contentType).send(text);
  });
  return router;
}

type Samples = readonly (readonly [labelValue: string, value: number])[];

const RECENT_ATTEMPTS = 1000;

async function registryOf({ live, ended, events, layout }: WebContext): Promise<Registry> {
  await ended.refresh();
  const { attempts } = ended;
  const view = live.view();
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: number | undefined) => {
    if (value !== undefined) new Gauge({ name, help, registers }).set(value);
  };
  const gauges = (name: string, help: string, label: string, samples: Samples) => {
    const made = new Gauge({ name, help, labelNames: [label], registers });
    for (const [labelValue, value] of samples) made.set({ [label]: labelValue }, value);
  };
  gauges("qm_jobs", "Jobs that have not ended, by state.", "state", jobsByState(view));
  countEnds(attempts, registers);
  gauges("qm_processors", "Processors that jobs may use, and those they occupy.", "kind", [
    ["max", view.processors.max],
    ["busy", view.processors.busy],
  ]);
  gaugeWorkers(view, registers);
  gauge("qm_oldest_waiting_seconds", "How long the job has waited that waits longest.", oldest(view));
  gauges(
    "qm_waiting_seconds",
    `Time in the queue of the last ${RECENT_ATTEMPTS} that ended: so large a part waited less.`,
    "quantile",
    waitingQuantiles(attempts),
  );
  gauge("qm_pass_seconds", "What the manager's last look at the queue took.", passSeconds(view));
  gauge("qm_mail_backlog", "Letters that have not been sent yet.", await countLetters(layout.outbox));
  gauge("qm_manager_up", "Whether a manager looks after the queue.", isUp(view) ? 1 : 0);
  gauge("qm_disk_free_bytes", "Free space on the disk of the queue.", view.disk.freeBytes);
  gauge("qm_disk_free_inodes", "Room for new files on the disk of the queue.", view.disk.inodes?.free);
  gauge("qm_page_open_streams", "Pages that are open and told of changes.", events.size);
  const residentBytes = process.memoryUsage.rss();
  gauge("process_resident_memory_bytes", "Resident memory of the page's process.", residentBytes);
  return registry;
}

function gaugeWorkers({ workers }: QueueView, registers: Registry[]): void {
  const gaugeOf = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames: ["worker", ...labelNames], registers });
  const processors = gaugeOf(
    "qm_worker_processors",
    "Processors of each worker, and those that are busy.",
    "kind",
  );
  const heardOf = gaugeOf("qm_worker_up", "Whether the worker is heard of.");
  const open = gaugeOf("qm_worker_open", "Whether the worker is given jobs.");
  for (const { name: worker, processors: own, state } of workers) {
    processors.set({ worker, kind: "max" }, own.max);
    processors.set({ worker, kind: "busy" }, own.busy);
    heardOf.set({ worker }, state === "silent" ? 0 : 1);
    open.set({ worker }, state === "open" ? 1 : 0);
  }
}

async function countLetters(outbox: string): Promise<number> {
  try {
    return (await fs.readdir(outbox)).filter(isLetterName).length;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}

function jobsByState({ arriving, waiting, running }: QueueView): Samples {
  const held = waiting.filter((job) => job.held).length;
  return [
    ["arriving", arriving.length],
    ["waiting", waiting.length - held],
    ["held", held],
    ["running", running.length],
  ];
}

function countEnds(attempts: readonly EndedAttempt[], registers: Registry[]): void {
  const help = "Attempts that have ended, by outcome.";
  const counter = new Counter({ name: "qm_jobs_ended_total", help, labelNames: ["outcome"], registers });
  for (const outcome of OUTCOMES)
    counter.inc({ outcome }, attempts.filter(({ state }) => state === outcome).length);
}

function oldest({ waiting }: QueueView): number {
  const nowMs = Date.now();
  const queuedMs = waiting
    .filter(({ held }) => !held)
    .map(({ queuedAt }) => Date.parse(queuedAt))
    .filter((ms) => !Number.isNaN(ms));
  return queuedMs.reduce((longest, ms) => Math.max(longest, (nowMs - ms) / 1000), 0);
}

function waitingQuantiles(attempts: readonly EndedAttempt[]): Samples {
  const waited = attempts.slice(-RECENT_ATTEMPTS).flatMap(({ waitedSeconds }) => waitedSeconds ?? []);
  const [median, most] = quantilesOf(waited, [0.5, 0.9]);
  return median === undefined || most === undefined
    ? []
    : [
        ["0.5", median],
        ["0.9", most],
      ];
}

function passSeconds({ manager }: QueueView): number | undefined {
  const passMs = manager.kind === "alive" ? manager.status.passMs : undefined;
  return passMs === undefined ? undefined : passMs / 1000;
}

function isUp({ manager }: QueueView): boolean {
  return manager.kind === "alive" && manager.silentSeconds === undefined;
}

/**
 * `GET /healthz`, for what watches over services: 200 while a manager looks after the queue, otherwise 503; with `worker=NAME` while that
 * worker is heard of and healthy too.
 */
export function healthRouter({ live }: Pick<WebContext, "live">): Router {
  const router = Router();
  router.get("/healthz", (request, response) => {
    const { worker } = request.query;
    const health = healthOf(live, typeof worker === "string" ? worker : undefined);
    response.status(health.ok ? 200 : 503).json(health);
  });
  return router;
}

function healthOf(live: WebContext["live"], worker: string | undefined) {
  const manager = managerHealth(live);
  return worker === undefined ? manager : { ...manager, ...workerHealth(live, worker, manager.ok) };
}

function managerHealth(live: WebContext["live"]) {
  // The folders cannot be read: the manager's state is unknown.
  return tryOr(() => healthBy(live.view().manager), { ok: false, manager: "unknown" });
}

/** A worker that somebody has paused is well; of one without a manager nothing is known. */
function workerHealth(live: WebContext["live"], given: string, hasManager: boolean) {
  const worker = hasManager ? tryOr(() => workerNamed(live.view().workers, given), undefined) : undefined;
  if (worker === undefined) return { ok: false, worker: "unknown" };
  const { state, closed, lastWord } = worker;
  return { ok: state === "open" || state === "paused", worker: state, closed, lastWord };
}

function healthBy(manager: ManagerState) {
  if (manager.kind === "absent") return { ok: false, manager: "absent", lastSeen: manager.lastSeen };
  const { silentSeconds } = manager;
  if (silentSeconds === undefined) return { ok: true, manager: "alive" };
  const lastSeen = new Date(Date.now() - silentSeconds * 1000).toISOString();
  return { ok: false, manager: "silent", lastSeen, silentSeconds };
}
