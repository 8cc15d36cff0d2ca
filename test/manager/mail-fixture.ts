import fs from "node:fs";
import path from "node:path";
import { readLetter } from "../../src/mail/stored-letter.ts";
import type { QueueFolder, Settings } from "../support/queue-folder.ts";
import { type ServerOptions, TestMailServer } from "../support/smtp.ts";
import { TestQueue } from "../support/test-queue.ts";
import { afterTest } from "../support/tidy-up.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

/** A mail server that is closed after the test. */
export async function mailServer(options: ServerOptions = {}): Promise<TestMailServer> {
  const server = await TestMailServer.start(options);
  afterTest(() => server.close());
  return server;
}

/** A queue that sends its mails to this server, in this process. */
export function mailingQueue(
  server: TestMailServer,
  mail: Settings = {},
  settings: Settings = {},
): InProcessQueue {
  const queue = makeQueue({ MailActive: "True", ...settings });
  queue.addConfig({ Mail: { Smtp: server.url, From: "Queue <qm@lab.org>", ...mail } });
  return queue;
}

/** A queue of the built program that sends its mails to this address; the caller closes it. */
export function mailingQueueAt(url: string, mail: Settings = {}): TestQueue {
  const queue = new TestQueue({ MailActive: "True" });
  queue.addConfig({ Mail: { Smtp: url, ...mail } });
  return queue;
}

/** The names of the letters that wait. */
export function waitingLetters({ layout }: QueueFolder): string[] {
  return namesIn(layout.outbox).filter((name) => name.startsWith("2"));
}

/** The jobs of the letters that wait, sorted: a job of two letters is there twice. */
export function jobsOfLetters(queue: QueueFolder): string[] {
  return waitingLetters(queue)
    .map((name) => {
      const found = readLetter(path.join(queue.layout.outbox, name));
      return (found.kind === "letter" && found.letter.job) || name;
    })
    .sort();
}

/** The names of the letters that could not be delivered. */
export function undeliveredLetters({ layout }: QueueFolder): string[] {
  return namesIn(`${layout.outbox}/undelivered`);
}

function namesIn(folder: string): string[] {
  return fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "today.json")
    : [];
}
