import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { letterName } from "../../../src/job/letter.ts";
import { SILENT, shownWorker } from "../../support/published-status.ts";
import { ServedPage } from "../page-fixture.ts";

let served: ServedPage;
beforeEach(async () => {
  served = await ServedPage.start();
});
afterEach(async () => await served.close());

/** Every sample by its name and labels. */
async function scrape(): Promise<Map<string, number>> {
  const { status, headers, text } = await served.get("/metrics");
  expect(status).toBe(200);
  expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    samples.map((line) => {
      const [name = "", value = ""] = line.split(" ");
      return [name, Number(value)];
    }),
  );
}

describe("the metrics", () => {
  it("count jobs by their state, and tell how long the first has waited", async () => {
    for (const name of ["free", "held"]) served.put("queue", name);
    const waiting = {
      state: "waiting" as const,
      owner: "o",
      description: "",
      processors: 1,
      priority: 0,
      bytes: 0,
      rank: 1,
      reason: "",
    };
    const queuedAt = new Date(Date.now() - 3_600_000).toISOString();
    served.publish({
      passMs: 12.5,
      processors: { max: 4, busy: 0 },
      waiting: [
        { ...waiting, name: "free", held: false, queuedAt },
        { ...waiting, name: "held", held: true, queuedAt: "2026-01-01T00:00:00.000Z" },
      ],
    });
    const samples = await scrape();
    expect(samples.get('qm_jobs{state="waiting"}')).toBe(1);
    expect(samples.get('qm_jobs{state="held"}')).toBe(1);
    expect(samples.get('qm_jobs{state="running"}')).toBe(0);
    expect(samples.get('qm_jobs{state="arriving"}')).toBe(0);
    expect(samples.get('qm_processors{kind="max"}')).toBe(4);
    expect(samples.get("qm_oldest_waiting_seconds")).toBeGreaterThanOrEqual(3600);
    expect(samples.get("qm_oldest_waiting_seconds")).toBeLessThan(7200);
    expect(samples.get("qm_pass_seconds")).toBe(0.0125);
    expect(samples.get("qm_manager_up")).toBe(1);
    expect(samples.get("qm_disk_free_bytes")).toBe(5e9);
  });

  it("tell of each worker", async () => {
    served.publish({
      workers: [
        shownWorker("lab1", { processors: { max: 4, busy: 3 }, running: ["a"] }),
        shownWorker("lab2", SILENT),
      ],
    });
    const samples = await scrape();
    expect(samples.get('qm_worker_processors{worker="lab1",kind="max"}')).toBe(4);
    expect(samples.get('qm_worker_processors{worker="lab2",kind="busy"}')).toBe(0);
    expect([samples.get('qm_worker_up{worker="lab1"}'), samples.get('qm_worker_up{worker="lab2"}')]).toEqual([
      1, 0,
    ]);
    expect([
      samples.get('qm_worker_open{worker="lab1"}'),
      samples.get('qm_worker_open{worker="lab2"}'),
    ]).toEqual([1, 0]);
  });

  it("count what has ended by its outcome, whenever they are asked for", async () => {
    served.putEnded("a", { waitedSeconds: 10 });
    served.putEnded("b", { waitedSeconds: 20, state: "failed" });
    for (let scrapes = 0; scrapes < 2; scrapes += 1) {
      const samples = await scrape();
      expect(samples.get('qm_jobs_ended_total{outcome="done"}')).toBe(1);
      expect(samples.get('qm_jobs_ended_total{outcome="failed"}')).toBe(1);
      expect(samples.get('qm_jobs_ended_total{outcome="lost"}')).toBe(0);
      expect(samples.get('qm_waiting_seconds{quantile="0.5"}')).toBe(15);
      expect(samples.get('qm_waiting_seconds{quantile="0.9"}')).toBe(19);
    }
  });

  it("leave out what nobody knows without a manager", async () => {
    const samples = await scrape();
    expect(samples.get("qm_manager_up")).toBe(0);
    expect(samples.has("qm_pass_seconds")).toBe(false);
    expect([...samples.keys()].filter((name) => name.startsWith("qm_waiting_seconds"))).toEqual([]);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect(samples.get("qm_page_open_streams")).toBe(0);
  });

  it("count the letters that have not been sent", async () => {
    expect((await scrape()).get("qm_mail_backlog")).toBe(0);
    const outbox = path.join(served.layout.state, "outbox");
    fs.mkdirSync(path.join(outbox, "a-folder"), { recursive: true });
    fs.writeFileSync(path.join(outbox, "today.json"), "{}");
    const createdAt = new Date().toISOString();
    fs.writeFileSync(path.join(outbox, letterName({ createdAt, id: "0".repeat(24) })), "{}");
    expect((await scrape()).get("qm_mail_backlog")).toBe(1);
  });

  it("say of each what it is", async () => {
    const { text } = await served.get("/metrics");
    expect(text).toContain("# TYPE qm_jobs_ended_total counter");
    for (const [, name] of text.matchAll(/^(\w+)(?:\{| )/gm)) expect(text).toContain(`# HELP ${name} `);
  });
});
