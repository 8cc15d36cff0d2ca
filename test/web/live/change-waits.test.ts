import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ChangeWaits } from "../../../src/web/live/change-waits.ts";

let version = 1;
let looks = 0;
let changes: ChangeWaits;

beforeEach(() => {
  vi.useFakeTimers();
  [version, looks] = [1, 0];
  changes = new ChangeWaits({
    version: () => {
      looks += 1;
      return version;
    },
  });
});

afterEach(() => {
  changes.close();
  vi.useRealTimers();
});

/** Tells in which order waits have ended. */
function waiting(untilMs: Readonly<Record<string, number>>, signal = new AbortController().signal): string[] {
  const ended: string[] = [];
  for (const [name, ms] of Object.entries(untilMs))
    void changes.next(performance.now() + ms, signal).then(() => ended.push(name));
  return ended;
}

it("all who wait are woken by one look once something has changed, and nobody looks on", async () => {
  const ended = waiting({ one: 60_000, other: 60_000 });
  await vi.advanceTimersByTimeAsync(500);
  version = 2;
  await vi.advanceTimersByTimeAsync(500);
  expect(ended).toEqual(["one", "other"]);
  const before = looks;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(before);
});

it("each is woken at its own time, all after some seconds, and a client that has gone at once", async () => {
  const first = waiting({ first: 0 });
  await vi.advanceTimersByTimeAsync(500);
  expect(first).toEqual(["first"]);
  const ended = waiting({ soon: 1000, late: 60_000 });
  await vi.advanceTimersByTimeAsync(1500);
  expect(ended).toEqual(["soon"]);
  await vi.advanceTimersByTimeAsync(4000);
  expect(ended).toEqual(["soon", "late"]);
  const client = new AbortController();
  const gone = waiting({ gone: 60_000 }, client.signal);
  client.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(gone).toEqual(["gone"]);
});
