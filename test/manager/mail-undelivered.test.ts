import { expect, it } from "vitest";
import { FileBatch } from "../../src/disk/file-batch.ts";
import { recordUnlaunched } from "../../src/job/build-record.ts";
import type { JobRecord } from "../../src/job/record.ts";
import type { Context } from "../../src/manager/context.ts";
import { until } from "../support/until.ts";
import { mailingQueue, mailServer, undeliveredLetters, waitingLetters } from "./mail-fixture.ts";

it("tells Mail_Admin and the status of a mail that could not be delivered, but not of Mail_Admin's own", async () => {
  const refused = new Set(["ada@lab.org"]);
  const server = await mailServer({
    behaviour: { recipient: (to) => (refused.has(to) ? { code: 550, words: "no such user" } : undefined) },
  });
  const queue = mailingQueue(server, { Mail_Admin: "root@lab.org" });
  await queue.run();
  queue.deliver("a", { script: "true", e_mail: "ada@lab.org" });
  const [mail] = await server.took(1);
  expect(mail?.to).toEqual(["root@lab.org"]);
  expect(mail?.parsed.subject).toBe("[QM] 1 mail could not be delivered");
  expect(mail?.parsed.text).toMatch(/ada@lab.org: \[QM\] done a in .*: 550 no such user/);
  await queue.shows("the notice", ({ notices }) =>
    notices.includes("1 mail could not be delivered: `qm mail` tells why"),
  );
  refused.add("root@lab.org");
  queue.deliver("b", { nb_proc: "two" });
  await until("the letter put aside", () => undeliveredLetters(queue).length === 2);
  await queue.shows("both", ({ notices }) => notices.some((text) => text.startsWith("2 mails could not")));
  expect(waitingLetters(queue)).toEqual([]);
  expect(server.mails).toHaveLength(1);
});

it("tells Mail_Admin after a restart what was held back before", async () => {
  const server = await mailServer({
    behaviour: {
      recipient: (to) => (to === "root@lab.org" ? undefined : { code: 550, words: "no such user" }),
    },
  });
  const queue = mailingQueue(server, { Mail_Admin: "root@lab.org" });
  await queue.run();
  queue.deliver("a", { script: "true", e_mail: "ada@lab.org" });
  await server.took(1);
  queue.deliver("b", { script: "true", e_mail: "ben@lab.org" });
  await until("the second letter put aside", () => undeliveredLetters(queue).length === 2);
  await queue.stop();
  await queue.run();
  const [, mail] = await server.took(2);
  expect(mail?.parsed.subject).toBe("[QM] 1 mail could not be delivered");
  expect(mail?.parsed.text).toContain("ben@lab.org: [QM] done b in ");
});

async function report(context: Context, record: JobRecord): Promise<void> {
  using batch = new FileBatch();
  context.mail.reportEnd(batch, record, undefined, "finished");
  await batch.commit();
}

it("writes the letter of an end once, however often that is repeated, and never after the history has it", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server);
  const context = queue.context();
  const job = {
    name: "a",
    runId: "r",
    attempt: 1,
    person: { mailTo: ["ada@lab.org"] },
    endedAtMs: Date.now(),
  };
  const record = recordUnlaunched(job, { kind: "killed", by: "carl" }, context.place);
  await report(context, record);
  const later = { ...record, finishedAt: new Date(Date.now() + 5000).toISOString() };
  await report(context, later);
  const [name] = waitingLetters(queue);
  expect(waitingLetters(queue)).toHaveLength(1);
  const afterCrash = queue.context();
  await report(afterCrash, later);
  expect(waitingLetters(queue)).toEqual([name]);
  expect(context.history.has(record)).toBe(false);
  await afterCrash.history.add(record);
  expect(afterCrash.history.has(record)).toBe(true);
  expect(queue.context().history.has(record)).toBe(true);
});

it("keeps what waits while MailActive is False, and says so", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server);
  const context = queue.context();
  const job = {
    name: "a",
    runId: "r",
    attempt: 1,
    person: { mailTo: ["ada@lab.org"] },
    endedAtMs: Date.now(),
  };
  const record = recordUnlaunched(job, { kind: "killed", by: "carl" }, context.place);
  await report(context, record);
  queue.configure({ MailActive: "False" });
  await queue.run();
  await queue.shows("the notice", ({ notices }) => notices.includes("1 mail waits, as MailActive is False"));
  expect(server.connections).toBe(0);
});
