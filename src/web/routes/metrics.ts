import fs from "node:fs/promises";
import { Router } from "express";
import { Counter, Gauge, Registry } from "prom-client";
import type { QueueView } from "../../app/queue-view.ts";
import { quantilesOf } from "../../app/tally.ts";
import { errorCode } from "../../disk/error-code.ts";
import { isLetterName } from "../../job/letter.ts";
import { OUTCOMES, type RecordState } from "../../job/record.ts";
import type { WebContext } from "../context.ts";
import type { EndedAttempt } from "../ended/ended-attempt.ts";

/** What the metrics need of the page. */
export type MetricsContext = Pick<WebContext, "live" | "ended" | "events" | "layout">;

/** `GET /metrics` for Prometheus, made anew for each one who asks. */
export function metricsRouter(context: MetricsContext): Router {
  const router = Router();
  router.get("/metrics", async (_request, response) => {
    const registry = registryOf(queueMetrics(await sourceOf(context)));
    const text = await registry.metrics();
    response.set({ "Content-Type": registry.contentType, "Cache-Control": "no-store" }).send(text);
  });
  return router;
}

async function sourceOf({ live, ended, events, layout }: MetricsContext): Promise<MetricsSource> {
  await ended.refresh();
  return {
    view: live.view(),
    attempts: ended.attempts,
    mailBacklog: await countLetters(layout.outbox),
    openStreams: events.size,
    residentBytes: process.memoryUsage.rss(),
    nowMs: Date.now(),
  };
}

function registryOf(metrics: readonly Metric[]): Registry {
  const registry = new Registry();
  for (const { name, help, type, label, samples } of metrics) {
    const made = { name, help, labelNames: label === undefined ? [] : [label], registers: [registry] };
    const metric = type === "counter" ? new Counter(made) : new Gauge(made);
    for (const [labelValue, value] of samples)
      metric.inc(label === undefined ? {} : { [label]: labelValue }, value);
  }
  return registry;
}

async function countLetters(outbox: string): Promise<number> {
  try {
    return (await fs.readdir(outbox)).filter(isLetterName).length;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}

/** What is told to Prometheus under one name; labels apart from its own, and values. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly label?: string;
  readonly samples: readonly (readonly [labelValue: string, value: number])[];
}

/** What the metrics are made from. */
interface MetricsSource {
  readonly view: QueueView;
  /** Every attempt that has ended, oldest first. */
  readonly attempts: readonly EndedAttempt[];
  /** Letters that have not been sent yet. */
  readonly mailBacklog: number;
  readonly openStreams: number;
  readonly residentBytes: number;
  readonly nowMs: number;
}

const RECENT_ATTEMPTS = 1000;

/** The queue in numbers. */
function queueMetrics(source: MetricsSource): Metric[] {
  const { view, attempts, mailBacklog, openStreams, residentBytes, nowMs } = source;
  return [
    labelled("qm_jobs", "Jobs that have not ended, by state.", "state", jobsByState(view)),
    {
      ...labelled(
        "qm_jobs_ended_total",
        "Attempts that have ended, by outcome.",
        "outcome",
        countEnds(attempts),
      ),
      type: "counter",
    },
    labelled("qm_processors", "Processors that jobs may use, and those they occupy.", "kind", [
      ["max", view.processors.max],
      ["busy", view.processors.busy],
    ]),
    single(
      "qm_oldest_waiting_seconds",
      "How long the job has waited that waits longest.",
      oldest(view, nowMs),
    ),
    labelled(
      "qm_waiting_seconds",
      `Time in the queue of the last ${RECENT_ATTEMPTS} that ended: so large a part waited less.`,
      "quantile",
      waitingQuantiles(attempts),
    ),
    ...passMetric(view),
    single("qm_mail_backlog", "Letters that have not been sent yet.", mailBacklog),
    single("qm_manager_up", "Whether a manager looks after the queue.", isUp(view) ? 1 : 0),
    single("qm_disk_free_bytes", "Free space on the disk of the queue.", view.disk.freeBytes),
    ...inodesMetric(view),
    single("qm_page_open_streams", "Pages that are open and told of changes.", openStreams),
    single("process_resident_memory_bytes", "Resident memory of the page's process.", residentBytes),
  ];
}

function inodesMetric({ disk }: QueueView): Metric[] {
  if (disk.inodes === undefined) return [];
  return [single("qm_disk_free_inodes", "Room for new files on the disk of the queue.", disk.inodes.free)];
}

function single(name: string, help: string, value: number): Metric {
  return { name, help, type: "gauge", samples: [["", value]] };
}

function labelled(name: string, help: string, label: string, samples: Metric["samples"]): Metric {
  return { name, help, type: "gauge", label, samples };
}

function jobsByState({ arriving, waiting, running }: QueueView): Metric["samples"] {
  const held = waiting.filter((job) => job.held).length;
  return [
    ["arriving", arriving.length],
    ["waiting", waiting.length - held],
    ["held", held],
    ["running", running.length],
  ];
}

function countEnds(attempts: readonly EndedAttempt[]): Metric["samples"] {
  const counts = new Map<RecordState, number>();
  for (const { state } of attempts) counts.set(state, (counts.get(state) ?? 0) + 1);
  return OUTCOMES.map((outcome) => [outcome, counts.get(outcome) ?? 0]);
}

function oldest({ waiting }: QueueView, nowMs: number): number {
  const queuedMs = waiting
    .filter(({ held }) => !held)
    .map(({ queuedAt }) => Date.parse(queuedAt))
    .filter((ms) => !Number.isNaN(ms));
  return queuedMs.reduce((longest, ms) => Math.max(longest, (nowMs - ms) / 1000), 0);
}

function waitingQuantiles(attempts: readonly EndedAttempt[]): Metric["samples"] {
  const waited = attempts.slice(-RECENT_ATTEMPTS).flatMap(({ waitedSeconds }) => waitedSeconds ?? []);
  const [median, most] = quantilesOf(waited, [0.5, 0.9]);
  return median === undefined || most === undefined
    ? []
    : [
        ["0.5", median],
        ["0.9", most],
      ];
}

function passMetric({ manager }: QueueView): Metric[] {
  const passMs = manager.kind === "alive" ? manager.status.passMs : undefined;
  if (passMs === undefined) return [];
  return [single("qm_pass_seconds", "What the manager's last look at the queue took.", passMs / 1000)];
}

function isUp({ manager }: QueueView): boolean {
  return manager.kind === "alive" && manager.silentSeconds === undefined;
}
