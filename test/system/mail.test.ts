import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { waitingLetters } from "../manager/mail-fixture.ts";
import { LIVES, SEED } from "../support/chance.ts";
import { Random } from "../support/random.ts";
import { TestMailServer } from "../support/smtp.ts";
import { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";

const KILLS = Math.ceil(LIVES / 3);

let queue: TestQueue;
let server: TestMailServer;

afterEach(async () => {
  await queue.close();
  await server.close();
});

async function startMailing(delayMs: number, settings = {}): Promise<void> {
  server = await TestMailServer.start({ behaviour: { delayMs } });
  queue = new TestQueue({ MailActive: "True", MaxNbProcessors: 4, Poll_Interval: 0.1, ...settings });
  queue.addConfig({ Mail: { Smtp: server.url, From: "qm@lab.org" } });
}

it("forgets no letter when the manager is killed anywhere between a job's end and the server's last word", async () => {
  await startMailing(25);
  const random = new Random(SEED);
  const names: string[] = [];
  for (let kills = 0; kills < KILLS; kills += 1) {
    const manager = await queue.start();
    const name = `job ${kills}`;
    queue.deliver(name, { script: "exit 3", e_mail: `user${kills}@lab.org` });
    names.push(name);
    await pause(random.between(20, 500));
    await manager.kill();
  }
  await queue.start();
  for (const name of names) await queue.ended(name);
  await until("an empty outbox", () => waitingLetters(queue).length === 0);
  for (const [at, name] of names.entries()) {
    const about = server.mails.filter(({ to }) => to[0] === `user${at}@lab.org`);
    expect(about.length, name).toBeGreaterThan(0);
    expect(new Set(about.map(({ parsed }) => parsed.messageId)).size, name).toBe(1);
    expect(about[0]?.parsed.subject).toContain(`FAILED ${name}`);
    expect(queue.history(name)).toHaveLength(1);
  }
});

it("keeps no job waiting for a server that never answers, and stops at once", async () => {
  await startMailing(Number.POSITIVE_INFINITY);
  const manager = await queue.start();
  for (let at = 0; at < 6; at += 1) queue.deliver(`job ${at}`, { script: "true", e_mail: "ada@lab.org" });
  for (let at = 0; at < 6; at += 1) expect(await queue.ended(`job ${at}`)).toMatchObject({ state: "done" });
  await until("a connection", () => server.connections > 0);
  expect(waitingLetters(queue)).toHaveLength(6);
  manager.signal("SIGTERM");
  expect(await manager.end(5000)).toBe(0);
  expect(waitingLetters(queue)).toHaveLength(6);
});

it("shows a backlog in the status, takes up a server that was mended, and sends when asked to", async () => {
  await startMailing(0);
  const { url } = server;
  queue.configure({ MailActive: "True", MaxNbProcessors: 4 });
  queue.addConfig({ Mail: { Smtp: "smtp://127.0.0.1:9" } });
  await queue.start();
  queue.deliver("a", { script: "true", e_mail: "ada@lab.org" });
  const backlog = () =>
    queue.status()?.notices.find((notice) => notice.startsWith("1 mail waits: nothing answers"));
  expect(await until("the backlog", backlog)).toContain("127.0.0.1:9");
  queue.configure({ MailActive: "True", MaxNbProcessors: 4 });
  queue.addConfig({ Mail: { Smtp: url } });
  await server.took(1);
  await until("no backlog", () => backlog() === undefined);
  await server.close();
  queue.deliver("b", { script: "true", e_mail: "ada@lab.org" });
  await until("trouble", () => queue.status()?.notices.some((notice) => notice.startsWith("1 mail waits")));
  const port = Number(new URL(url).port);
  server = await TestMailServer.start({ port });
  fs.writeFileSync(queue.layout.mailRequest, "send\n");
  await server.took(1);
});

it("hands the mail server's password to no job", async () => {
  await startMailing(0);
  await queue.start({ environment: { QM_SMTP_PASSWORD: "s3cret" } });
  queue.deliver("spy", { script: "env; cat /proc/$PPID/environ | tr '\\0' '\\n'", e_mail: "ada@lab.org" });
  await queue.ended("spy");
  expect(queue.read("spy", "process.log")).toContain("QM_JOB_NAME=spy");
  expect(queue.read("spy", "process.log")).not.toContain("s3cret");
});

it("sends the end of a log of a gigabyte", async () => {
  await startMailing(0);
  await queue.start();
  queue.deliver("huge", {
    script: "truncate -s 1G process.log; echo >>process.log; echo the end; exit 1",
    e_mail: "ada@lab.org",
  });
  const [mail] = await server.took(1);
  expect(mail?.parsed.text).toContain("the end\n");
  expect(mail?.raw.length).toBeLessThan(200_000);
  expect(fs.statSync(path.join(queue.folder("finished", "huge"), "process.log")).size).toBeGreaterThan(
    2 ** 30,
  );
});
