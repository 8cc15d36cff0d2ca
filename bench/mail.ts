/**
 * Cost of mails for the queue: the time that many short jobs take with a mail server that is down, against the same
 * without mails. Prints one JSON value. `npx tsx bench/mail.ts [JOBS] [ROUNDS]`, after `npm run build`.
 */
import fs from "node:fs";
import { TestQueue } from "../test/support/test-queue.ts";
import { until } from "../test/support/until.ts";

const jobs = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 3);
const OFFERED_AT_ONCE = 200;

async function jobsPerSecond(mail: boolean): Promise<number> {
  const queue = new TestQueue({ MailActive: mail ? "True" : "False", MaxNbProcessors: 8, Poll_Interval: 2 });
  queue.addConfig({ Mail: { Smtp: "smtp://127.0.0.1:9", From: "qm@lab.org" } });
  try {
    await queue.start();
    const startMs = performance.now();
    for (let at = 0; at < jobs; at += OFFERED_AT_ONCE) {
      const upTo = Math.min(jobs, at + OFFERED_AT_ONCE);
      for (let job = at; job < upTo; job += 1)
        queue.deliver(`job-${job}`, { script: "true", e_mail: `user-${job % 20}@lab.org` });
      await until("the jobs' ends", () => fs.readdirSync(queue.layout.finished).length >= upTo, {
        timeoutMs: 600_000,
      });
    }
    const seconds = (performance.now() - startMs) / 1000;
    const letters = mail
      ? fs.readdirSync(queue.layout.outbox).filter((name) => name.startsWith("2")).length
      : 0;
    if (letters !== (mail ? jobs : 0)) throw new Error(`${letters} letters wait for ${jobs} jobs`);
    return jobs / seconds;
  } finally {
    await queue.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

// Taken by turns, in either order: a machine in use does not stay equally fast.
const measured: { off: number[]; down: number[] } = { off: [], down: [] };
for (let round = 0; round < rounds; round += 1) {
  const order = round % 2 === 0 ? [false, true] : [true, false];
  for (const mail of order) measured[mail ? "down" : "off"].push(await jobsPerSecond(mail));
}
const medians = { off: median(measured.off), down: median(measured.down) };
// Of the rounds, as the two of a round lie closest together.
const ratio = median(measured.down.map((down, round) => down / (measured.off[round] ?? Number.NaN)));
process.stdout.write(`${JSON.stringify({ jobs, jobsPerSecond: measured, medians, ratio })}\n`);
