import fs from "node:fs/promises";
import { Router } from "express";
import { Counter, Gauge, Registry } from "prom-client";
import { errorCode } from "../../disk/error-code.ts";
import { isLetterName } from "../../job/letter-name.ts";
import type { WebContext } from "../context.ts";
import { type Metric, type MetricsSource, queueMetrics } from "../metrics/queue-metrics.ts";

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
