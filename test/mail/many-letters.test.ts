import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { letterName } from "../../src/core/letter-name.ts";
import { storeForm } from "../../src/mail/letter.ts";
import { until } from "../support/until.ts";
import { letterOf, mailServer, TestSender } from "./sender-fixture.ts";

const LETTERS = 10_000;
const MAX_LOOK_MS = 50;

/** The least of some runs' milliseconds: a pause of the machine does not count. */
function leastMs(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}

it("ten thousand letters that wait cost a look at the outbox little time, and little memory", async () => {
  const server = await mailServer({ behaviour: { recipient: () => ({ code: 451, words: "full" }) } });
  const queue = new TestSender({ smtpUrl: server.url });
  fs.mkdirSync(queue.folder, { recursive: true });
  const text = `line of a log ${"x".repeat(60)}\n`.repeat(30);
  for (let at = 0; at < LETTERS; at += 1) {
    const letter = { ...storeForm(letterOf(`letter ${at}`, ["ada@lab.org"]), at), text };
    fs.writeFileSync(path.join(queue.folder, letterName(letter)), JSON.stringify(letter));
  }
  const heapBefore = process.memoryUsage().heapUsed;
  const lookMs = leastMs(() => {
    queue.outbox.reload();
    expect(queue.outbox.names.size).toBe(LETTERS);
  });
  expect(lookMs).toBeLessThan(MAX_LOOK_MS);
  const sender = queue.start();
  await until("its trouble", () => sender.failure !== undefined && server.connections >= 10);
  expect(queue.outbox.names.size).toBe(LETTERS);
  const grownBytes = process.memoryUsage().heapUsed - heapBefore;
  expect(grownBytes / LETTERS).toBeLessThan(text.length);
  const postMs = leastMs(() => void queue.post(`new at ${performance.now()}`));
  expect(postMs).toBeLessThan(MAX_LOOK_MS);
});
