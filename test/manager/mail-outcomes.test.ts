import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { decodedHeader, type TakenMail } from "../support/smtp.ts";
import { until } from "../support/until.ts";
import { mailingQueue, mailServer, undeliveredLetters, waitingLetters } from "./mail-fixture.ts";

const SIGNS = { "auto-submitted": "auto-generated" };

/** Subject, receivers and the headers that programs sort by. */
function signsOf(mail: TakenMail | undefined) {
  return {
    subject: mail?.parsed.subject,
    to: mail?.to,
    job: decodedHeader(mail, "x-qm-job"),
    outcome: decodedHeader(mail, "x-qm-outcome"),
    "auto-submitted": decodedHeader(mail, "auto-submitted"),
  };
}

it("tells all of a job's owners that it is done, with where the result lies", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server, { Page_Url: "http://lab:8000", Path_As: "\\\\lab\\QM" });
  await queue.run();
  queue.deliver("Größe λ", {
    script: "seq 40; printf '1/3\\r2/3\\r3/3\\n\\033[31mred\\n'",
    e_mail: "ada@lab.org, bob@lab.org",
    info: "Übung № 3",
  });
  const [mail] = await server.took(1);
  expect(signsOf(mail)).toEqual({
    subject: expect.stringMatching(/^\[QM\] done Größe λ in \d/),
    to: ["ada@lab.org", "bob@lab.org"],
    job: "Größe λ",
    outcome: "done",
    ...SIGNS,
  });
  expect(mail?.from).toBe("qm@lab.org");
  expect(mail?.parsed.from?.value).toEqual([{ name: "Queue", address: "qm@lab.org" }]);
  const text = mail?.parsed.text ?? "";
  expect(text).toContain("The command ended with exit code 0.");
  expect(text).toMatch(/Info: +Übung № 3\n/);
  expect(text).toContain(queue.folder("finished", "Größe λ"));
  expect(text).toContain("\\\\lab\\QM\\QM_dJobs\\Größe λ");
  expect(text).toContain("http://lab:8000/jobs/Gr%C3%B6%C3%9Fe%20%CE%BB");
  expect(text).toContain("The last 5 lines of its log:\n  38\n  39\n  40\n  3/3\n  red\n\n");
  expect(mail?.parsed.html).toContain("Übung № 3");
  await until("an empty outbox", () => waitingLetters(queue).length === 0);
  expect(undeliveredLetters(queue)).toEqual([]);
  expect(server.mails).toHaveLength(1);
});

it("tells that a job failed, with the last thirty lines of its log", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server);
  await queue.run();
  queue.deliver("sweep", { script: "seq 50; exit 3", e_mail: "ada@lab.org" });
  const [mail] = await server.took(1);
  expect(signsOf(mail)).toEqual({
    subject: expect.stringMatching(/^\[QM\] FAILED sweep after [\d.]+ s: exit 3$/),
    to: ["ada@lab.org"],
    job: "sweep",
    outcome: "failed",
    ...SIGNS,
  });
  expect(mail?.parsed.text).toMatch(/log:\n {2}21\n(?: {2}\d\d\n){28} {2}50\n\n/);
});

it("tells that a job was killed, by whom, and that one ran into its limit", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server);
  await queue.run();
  queue.deliver("long", { script: "echo >begun; sleep 60", e_mail: "ada@lab.org" });
  await queue.wrote("long", "begun");
  queue.request("running", "long", "QM_KILL", "carl");
  queue.deliver("slow", { script: "sleep 60", e_mail: "bob@lab.org", time_limit: "1s" });
  const mails = await server.took(2);
  expect(signsOf(mails.find(({ to }) => to[0] === "ada@lab.org"))).toMatchObject({
    subject: expect.stringMatching(/^\[QM\] KILLED long after .* by carl$/),
    outcome: "killed",
  });
  const late = mails.find(({ to }) => to[0] === "bob@lab.org");
  expect(signsOf(late)).toMatchObject({
    subject: expect.stringMatching(/^\[QM\] TIMED OUT slow after \d/),
    outcome: "timed_out",
  });
  expect(late?.parsed.text).toContain("Ran longer than its time limit of 1 s.");
});

it("tells of a lost job to its owner and to Mail_Admin, each in a letter of their own", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server, { Mail_Admin: "root@lab.org" });
  await queue.run();
  queue.deliver("gone", { script: "echo >begun; sleep 60", e_mail: "ada@lab.org", mail_on: "fail" });
  await queue.wrote("gone", "begun");
  const shims = queue.processes().filter((pid) => isShim(pid));
  for (const pid of shims) process.kill(pid, "SIGKILL");
  const mails = [...(await server.took(2))].sort((a, b) => String(a.to).localeCompare(String(b.to)));
  expect(mails.map(signsOf)).toMatchObject([
    { to: ["ada@lab.org"], outcome: "lost", subject: expect.stringContaining("[QM] LOST gone") },
    { to: ["root@lab.org"], outcome: "lost", subject: expect.stringContaining("[QM] LOST gone") },
  ]);
  expect(mails[0]?.parsed.text).toContain("QM_lost+found");
  expect(mails[0]?.parsed.messageId).not.toBe(mails[1]?.parsed.messageId);
});

it("tells of a rejected job to whom its file names, else to Mail_Admin", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server, { Mail_Admin: "root@lab.org", Mail_On: "fail" });
  await queue.run();
  queue.deliver("named", { nb_proc: "many", e_mail: "ada@lab.org" });
  queue.deliver("nameless", { nb_proc: "two" });
  const mails = [...(await server.took(2))].sort((a, b) => String(a.to).localeCompare(String(b.to)));
  expect(mails.map(signsOf)).toMatchObject([
    { to: ["ada@lab.org"], job: "named", outcome: "invalid" },
    { to: ["root@lab.org"], job: "nameless", outcome: "invalid" },
  ]);
  expect(mails[0]?.parsed.subject).toContain("[QM] NOT RUN named: proc_config.cfg");
  expect(mails[0]?.parsed.text).toContain('nb_proc: is "many"; should be a whole number');
  expect(mails[0]?.parsed.text).toContain("script: is missing");
  expect(server.mails).toHaveLength(2);
});

it("keeps to mail_on, and to Mail_On where a job says nothing", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server, { Mail_On: "fail" });
  await queue.run();
  queue.deliver("a", { script: "true", e_mail: "default@lab.org" });
  queue.deliver("b", { script: "false", e_mail: "default-fails@lab.org" });
  queue.deliver("c", { script: "false", e_mail: "none@lab.org", mail_on: "none" });
  queue.deliver("d", { script: "true", e_mail: "all@lab.org", mail_on: "all" });
  queue.deliver("e", { script: "true", e_mail: "start@lab.org", mail_on: "start" });
  for (const name of ["a", "b", "c", "d", "e"]) await queue.ended(name);
  const mails = await server.took(4);
  expect(mails.map(({ to, parsed }) => `${to.join()} ${parsed.subject?.split(" ")[1]}`).sort()).toEqual([
    "all@lab.org done",
    "all@lab.org started",
    "default-fails@lab.org FAILED",
    "start@lab.org started",
  ]);
  await until("an empty outbox", () => waitingLetters(queue).length === 0);
  expect(server.mails).toHaveLength(4);
});

it("mails only within the allowed domains", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server, { Mail_Allowed_Domains: "lab.org, bücher.example" });
  await queue.run();
  queue.deliver("a", {
    script: "true",
    e_mail: "x@evil.org, ada@LAB.org, y@lab.org.evil.org, z@xn--bcher-kva.example",
  });
  queue.deliver("b", { script: "true", e_mail: "x@evil.org" });
  await queue.ended("b");
  const [mail] = await server.took(1);
  await until("an empty outbox", () => waitingLetters(queue).length === 0);
  expect(mail?.to).toEqual(["ada@lab.org", "z@bücher.example"]);
  expect(server.mails).toHaveLength(1);
});

it("sends nothing, and writes nothing, without MailActive", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server, {}, { MailActive: "False" });
  await queue.run();
  queue.deliver("a", { script: "true", e_mail: "ada@lab.org" });
  await queue.ended("a");
  expect(waitingLetters(queue)).toEqual([]);
  expect(server.connections).toBe(0);
});

it("keeps a job as running while its letter cannot be written, and goes on when it can", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server);
  fs.mkdirSync(queue.layout.state, { recursive: true });
  await queue.run();
  fs.writeFileSync(queue.layout.outbox, "in the way");
  queue.deliver("a", { script: "true", e_mail: "ada@lab.org" });
  const note = await queue.shows("the reason", ({ running }) => running[0]?.note);
  expect(note).toContain("its end cannot be written down");
  expect(queue.history()).toEqual([]);
  fs.rmSync(queue.layout.outbox);
  await queue.ended("a");
  expect(await server.took(1)).toHaveLength(1);
});

it("tells Mail_Admin once that the disk is low", async () => {
  const server = await mailServer();
  const queue = mailingQueue(server, { Mail_Admin: "root@lab.org" }, { Min_Free_Disk: "100000 TB" });
  await queue.run();
  const [mail] = await server.took(1);
  expect(mail?.parsed.subject).toMatch(/^\[QM\] low disk: .* free$/);
  await queue.stop();
  await queue.run();
  await queue.shows("low disk", ({ closed }) => closed);
  await until("an empty outbox", () => waitingLetters(queue).length === 0);
  expect(server.mails).toHaveLength(1);
});

function isShim(pid: number): boolean {
  const words = fs.readFileSync(path.join("/proc", String(pid), "cmdline"), "utf8");
  return words.includes("shim.sh");
}
