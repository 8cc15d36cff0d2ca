import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { letterName } from "../../src/job/letter.ts";
import { storeForm } from "../../src/mail/letter.ts";
import { processorMsOf } from "../support/cost.ts";
import { until } from "../support/until.ts";
import { letterOf, mailServer, TestSender } from "./sender-fixture.ts";

const LETTERS = 10_000;

it("ten thousand letters that wait cost a look less than half of what reading them would, and little memory", async () => {
  const server = await mailServer({ behaviour: { recipient: () => ({ code: 451, words: "full" }) } });
  const queue = new TestSender({ smtpUrl: server.url });
  fs.mkdirSync(queue.folder, { recursive: true });
  const text = `line of a log ${"x".repeat(60)}\n`.repeat(30);
  for (let at = 0; at < LETTERS; at += 1) {
    const letter = { ...storeForm(letterOf(`letter ${at}`, ["ada@lab.org"]), at), text };
    fs.writeFileSync(path.join(queue.folder, letterName(letter)), JSON.stringify(letter));
  }
  const heapBefore = process.memoryUsage().heapUsed;
  const readingMs = processorMsOf(() => {
    for (const name of fs.readdirSync(queue.folder)) fs.readFileSync(path.join(queue.folder, name));
  });
  const lookMs = processorMsOf(() => {
    queue.outbox.reload();
    expect(queue.outbox.names.size).toBe(LETTERS);
  });
  expect(lookMs).toBeLessThan(readingMs / 2);
  const sender = queue.start();
  await until("its trouble", () => sender.failure !== undefined && server.connections >= 10);
  expect(queue.outbox.names.size).toBe(LETTERS);
  const grownBytes = process.memoryUsage().heapUsed - heapBefore;
  expect(grownBytes / LETTERS).toBeLessThan(text.length);
  let posted = 0;
  const postMs = processorMsOf(() => queue.post(`new ${posted++}`));
  expect(postMs).toBeLessThan(readingMs / 10);
});
