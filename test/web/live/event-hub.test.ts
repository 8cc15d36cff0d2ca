import http from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventHub } from "../../../src/web/live/event-hub.ts";
import { until } from "../../support/until.ts";

let server: http.Server;
let hub: EventHub;
let version: () => Promise<string>;
let looks: number;

beforeEach(async () => {
  looks = 0;
  version = async () => "1";
  await serve({ lookMs: 20 });
});

afterEach(() => closeServer());

interface HubOptions {
  lookMs?: number;
  beatMs?: number;
  maxClients?: number;
}

// Without signs of life unless a test asks for them: each also tells the version, to those who have not been greeted yet too.
async function serve(options: HubOptions): Promise<void> {
  hub = new EventHub(
    async () => {
      looks += 1;
      return await version();
    },
    { beatMs: Number.POSITIVE_INFINITY, ...options },
  );
  const app = express().get("/events", (_request, response) => hub.add(response));
  server = http.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

async function closeServer(): Promise<void> {
  hub.close();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

async function serveAnew(options: HubOptions): Promise<void> {
  await closeServer();
  await serve(options);
}

interface Listener {
  status: number;
  headers: http.IncomingHttpHeaders;
  heard: string;
  ended: boolean;
  readonly leave: () => void;
}

async function listen({ reads = true } = {}): Promise<Listener> {
  const { port } = server.address() as AddressInfo;
  const request = http.get({ port, host: "127.0.0.1", path: "/events", agent: false });
  const listener: Listener = {
    status: 0,
    headers: {},
    heard: "",
    ended: false,
    leave: () => request.destroy(),
  };
  request.on("error", () => (listener.ended = true));
  request.on("response", (response) => {
    listener.status = response.statusCode ?? 0;
    listener.headers = response.headers;
    response.on("error", () => undefined).on("close", () => (listener.ended = true));
    if (reads) response.setEncoding("utf8").on("data", (text: string) => (listener.heard += text));
  });
  await until("the answer", () => listener.status > 0);
  return listener;
}

const changes = ({ heard }: Listener) =>
  [...heard.matchAll(/event: change\ndata: (.*)\n\n/g)].map(([, is]) => is);

test("each that listens is greeted and told once of every change", async () => {
  const listeners = [await listen(), await listen()];
  expect(listeners[0]?.headers["content-type"]).toMatch(/^text\/event-stream/);
  expect(listeners[0]?.headers["cache-control"]).toBe("no-store");
  // Whoever comes after the first look is greeted with what it found.
  await until("the first version", () => listeners.every(({ heard }) => heard.includes("data: 1\n")));
  version = async () => "2";
  await until("the second version", () => listeners.every((one) => changes(one).includes("2")));
  const { heard } = listeners[0] ?? { heard: "" };
  expect(heard).toMatch(/^retry: \d+\nevent: hello\n/);
  const looksNow = looks;
  await until("more looks", () => looks > looksNow + 3);
  for (const listener of listeners) expect(changes(listener).filter((is) => is === "2")).toHaveLength(1);
});

test("nothing is looked at while nobody listens, and no timer is left", async () => {
  const started = vi.spyOn(globalThis, "setInterval");
  const cleared = vi.spyOn(globalThis, "clearInterval");
  const [first, second] = [await listen(), await listen()];
  await until("a look", () => looks > 0);
  const timers = started.mock.calls.flatMap(([, ms], at) =>
    ms === 20 ? [started.mock.results[at]?.value as NodeJS.Timeout] : [],
  );
  expect(timers).toHaveLength(1);
  first.leave();
  await until("the first to have left", () => hub.size === 1);
  expect(cleared.mock.calls.flat()).not.toContain(timers[0]);
  second.leave();
  await until("the second to have left", () => hub.size === 0);
  expect(cleared.mock.calls.flat()).toContain(timers[0]);
  const before = looks;
  await hub.nudge();
  expect(looks).toBe(before);
  vi.restoreAllMocks();
  await listen();
  await until("looks for the next listener", () => looks > before);
});

test("while nothing changes, each is given signs of life that a page can hear", async () => {
  await serveAnew({ lookMs: 20, beatMs: 50 });
  const listener = await listen();
  const signs = () => listener.heard.match(/^event: alive\ndata: 1$/gm) ?? [];
  await until("some signs", () => signs().length > 2);
  expect(changes(listener).length).toBeLessThan(2);
});

test("a nudge tells at once", async () => {
  await serveAnew({ lookMs: 1_000_000 });
  const listener = await listen();
  await hub.nudge();
  await until("the change", () => changes(listener).includes("1"));
});

test("a nudge during a look that began before looks once more", async () => {
  await serveAnew({ lookMs: 1_000_000 });
  const listener = await listen();
  let answer: (text: string) => void = () => undefined;
  version = () => new Promise((resolve) => (answer = resolve));
  const first = hub.nudge();
  await until("the first look", () => looks === 1);
  const second = hub.nudge();
  answer("before");
  await first;
  await until("the second look", () => looks === 2);
  answer("after");
  await second;
  await until("both", () => changes(listener).length === 2);
  expect(changes(listener)).toEqual(["before", "after"]);
});

test("many are told a few at a time, and a change at every look leaves nobody out", async () => {
  // Two of them at each look.
  await serveAnew({ lookMs: 40 });
  const listeners = await Promise.all(Array.from({ length: 7 }, () => listen()));
  const told = (what: string) => listeners.filter(({ heard }) => heard.includes(`data: ${what}\n`)).length;
  await until("all to have heard of the first version", () => told("1") === 7);
  const before = looks;
  version = async () => "2";
  await until("all to have heard of the second", () => told("2") === 7);
  expect(looks - before).toBeGreaterThan(2);
  version = async () => `look ${looks}`;
  const heardLater = ({ heard }: Listener) => heard.includes("data: look ");
  await until("each to hear of some later one", () => listeners.every(heardLater));
});

test("looks never overlap, however slow they are", async () => {
  let answer: (text: string) => void = () => undefined;
  version = () => new Promise((resolve) => (answer = resolve));
  await listen();
  await until("a look", () => looks === 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(looks).toBe(1);
  answer("done");
  await until("the next", () => looks === 2);
  answer("done");
});

test("one more than may listen is told to come again", async () => {
  await serveAnew({ maxClients: 2 });
  const listeners = [await listen(), await listen()];
  const third = await listen();
  expect(third.status).toBe(503);
  expect(third.headers["retry-after"]).toBe("30");
  listeners[0]?.leave();
  await until("a free place", () => hub.size === 1);
  expect((await listen()).status).toBe(200);
});

test("a client that takes nothing is let go, the others hear on", async () => {
  await serveAnew({ lookMs: 1_000_000 });
  const slow = await listen({ reads: false });
  const brisk = await listen();
  let told = 0;
  version = async () => `${told}${"x".repeat(500_000)}`;
  while (hub.size === 2 && told < 200) {
    told += 1;
    await hub.nudge();
    await until("the brisk one to hear it", () => brisk.heard.includes(`\ndata: ${told}x`));
  }
  await until("the slow one's end", () => hub.size === 1);
  told += 1;
  await hub.nudge();
  await until("the last change", () => brisk.heard.includes(`\ndata: ${told}x`));
  expect(brisk.ended).toBe(false);
  slow.leave();
});

test("what cannot be read is told, and looked at again", async () => {
  const listener = await listen();
  version = async () => await Promise.reject(new Error("the mount is away"));
  await until("the trouble", () => changes(listener).includes("unreadable"));
  version = async () => "2";
  await until("the end of the trouble", () => changes(listener).at(-1) === "2");
});
