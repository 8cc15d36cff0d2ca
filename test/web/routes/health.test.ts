import fs from "node:fs";
import os from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SILENT, shownWorker } from "../../support/published-status.ts";
import { ServedPage } from "../page-fixture.ts";

let served: ServedPage;
let managerLives: boolean;
beforeEach(async () => {
  managerLives = true;
  served = await ServedPage.start({ isAlive: () => managerLives });
});
afterEach(async () => await served.close());

async function health(query = ""): Promise<{ status: number; body: unknown }> {
  const { status, text } = await served.get(`/healthz${query}`);
  return { status, body: JSON.parse(text) };
}

function lastSeen(secondsAgo: number): void {
  const at = new Date(Date.now() - secondsAgo * 1000);
  fs.utimesSync(served.layout.status, at, at);
}

it("is well while a manager gives signs of life", async () => {
  served.publish({ host: os.hostname() });
  expect(await health()).toEqual({ status: 200, body: { ok: true, manager: "alive" } });
});

it("is not well where there never was a manager", async () => {
  expect(await health()).toEqual({ status: 503, body: { ok: false, manager: "absent" } });
});

it("tells since when the manager has gone", async () => {
  served.publish({ host: os.hostname() });
  managerLives = false;
  const { status, body } = await health();
  expect([status, body]).toMatchObject([503, { ok: false, manager: "absent", lastSeen: expect.any(String) }]);
});

it("is not well when the manager is stopped or hangs", async () => {
  served.publish({ host: os.hostname() });
  lastSeen(3600);
  const { status, body } = await health();
  expect([status, body]).toMatchObject([
    503,
    { ok: false, manager: "silent", silentSeconds: expect.any(Number) },
  ]);
});

it("is not well when the folders cannot be read", async () => {
  served.publish({ host: os.hostname() });
  fs.rmdirSync(served.layout.queue);
  expect(await health()).toEqual({ status: 503, body: { ok: false, manager: "unknown" } });
});

it("tells of one worker whether it is heard of and healthy; a pause is no illness", async () => {
  const workers = [
    shownWorker("lab1"),
    shownWorker("lab2", SILENT),
    shownWorker("lab3", { state: "closed", closed: "no licence server" }),
    shownWorker("lab4", { state: "paused", paused: true, closed: "paused by ann" }),
  ];
  served.publish({ host: os.hostname(), workers });
  const of = async (worker: string) => {
    const { status, body } = await health(`?worker=${worker}`);
    return [status, body];
  };
  expect(await of("LAB1")).toEqual([200, { ok: true, manager: "alive", worker: "open" }]);
  expect(await of("lab2")).toMatchObject([503, { ok: false, worker: "silent", lastWord: SILENT.lastWord }]);
  expect(await of("lab3")).toMatchObject([503, { ok: false, worker: "closed", closed: "no licence server" }]);
  expect(await of("lab4")).toMatchObject([200, { ok: true, worker: "paused" }]);
  expect(await of("lab9")).toEqual([503, { ok: false, manager: "alive", worker: "unknown" }]);
});

it("knows nothing of a worker without a manager", async () => {
  served.publish({ host: os.hostname(), workers: [shownWorker("lab1")] });
  managerLives = false;
  const { status, body } = await health("?worker=lab1");
  expect([status, body]).toMatchObject([503, { ok: false, manager: "absent", worker: "unknown" }]);
});
