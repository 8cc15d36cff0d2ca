import fs from "node:fs";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Patience } from "../../src/mail/transmit.ts";
import { scratchFolder } from "../support/scratch.ts";
import type { Behaviour } from "../support/smtp.ts";
import { LOGIN, testCertificate } from "../support/smtp.ts";
import { until } from "../support/until.ts";
import { BRISK, mailServer, TestSender } from "./sender-fixture.ts";

describe("a server that is not well", () => {
  it("which puts off for a while gets the letter later, with the same Message-ID", async () => {
    let asked = 0;
    const putsOff = () => {
      asked += 1;
      return asked < 4 ? { code: 451, words: "greylisted" } : undefined;
    };
    const server = await mailServer({ behaviour: { recipient: putsOff } });
    const queue = new TestSender({ smtpUrl: server.url });
    const letter = queue.post("a");
    queue.start();
    const [mail] = await server.took(1);
    expect(mail?.parsed.messageId).toBe(letter.messageId);
    await queue.isEmpty();
    expect(asked).toBe(4);
  });

  it("which refuses one of two addresses for good is not asked again for it, and serves the other", async () => {
    const asked: string[] = [];
    const server = await mailServer({
      behaviour: {
        recipient: (address) => {
          asked.push(address);
          return address === "no@lab.org" ? { code: 550, words: "no such user" } : undefined;
        },
      },
    });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a", ["no@lab.org", "ada@lab.org"]);
    queue.start();
    const [mail] = await server.took(1);
    await queue.isEmpty();
    expect(mail?.to).toEqual(["ada@lab.org"]);
    expect(asked).toEqual(["no@lab.org", "ada@lab.org"]);
    expect(queue.undelivered()).toMatchObject([
      { refused: [{ address: "no@lab.org", why: expect.stringContaining("no such user") }] },
    ]);
    expect(queue.givenUp).toHaveLength(1);
  });

  it("which puts off one of two addresses is asked again for that one alone", async () => {
    let asked = 0;
    const putsOff = (address: string) => {
      if (address !== "later@lab.org") return undefined;
      asked += 1;
      return asked < 3 ? { code: 450, words: "busy" } : undefined;
    };
    const server = await mailServer({ behaviour: { recipient: putsOff } });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a", ["later@lab.org", "ada@lab.org"]);
    queue.start();
    const mails = await server.took(2);
    await queue.isEmpty();
    expect(mails.map(({ to }) => to)).toEqual([["ada@lab.org"], ["later@lab.org"]]);
    expect(mails[0]?.parsed.messageId).toBe(mails[1]?.parsed.messageId);
  });

  it("which refuses the letter after all of it has it given up", async () => {
    const server = await mailServer({ behaviour: { message: () => ({ code: 554, words: "spam" }) } });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a", ["ada@lab.org", "bob@lab.org"]);
    queue.start();
    await queue.isEmpty();
    expect(queue.undelivered()[0]?.refused.map(({ address }) => address)).toEqual([
      "ada@lab.org",
      "bob@lab.org",
    ]);
    expect(server.connections).toBe(1);
  });

  it.each([
    ["hangs after the connection", { delayMs: Number.POSITIVE_INFINITY }],
    ["cuts in the middle of the message", { onData: (socket: { destroy(): unknown }) => socket.destroy() }],
    ["closes for now", { sender: () => ({ code: 421, words: "shutting down" }) }],
    ["refuses the sender", { sender: () => ({ code: 553, words: "who is that" }) }],
  ])("which %s gets the letter once it is well again", async (_, behaviour) => {
    const server = await mailServer({ behaviour });
    const queue = new TestSender({ smtpUrl: server.url }, {}, BRISK);
    const letter = queue.post("a");
    const sender = queue.start();
    await until("three tries", () => server.connections >= 3);
    expect(sender.failure?.what).toContain(`127.0.0.1:${server.port}`);
    expect(queue.outbox.names.size).toBe(1);
    server.behaviour = {};
    const [mail] = await server.took(1);
    expect(mail?.parsed.messageId).toBe(letter.messageId);
    await queue.isEmpty();
    expect(sender.failure).toBeUndefined();
  });

  it.each([
    ["at once", { client: () => ({ code: 554, words: "5.7.1 who are you" }) }],
    ["at the reader", { recipient: () => ({ code: 504, words: "5.5.2 Helo command rejected" }) }],
  ])("which refuses this machine %s loses no letter, and Smtp_Helo is named", async (_, behaviour) => {
    const server = await mailServer({ behaviour });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a");
    const sender = queue.start();
    await until("three tries", () => server.connections >= 3);
    expect(sender.failure?.what).toContain("refuses this machine, which calls itself lab.org: ");
    expect(sender.failure?.mend).toContain("Smtp_Helo");
    expect(queue.outbox.names.size).toBe(1);
    server.behaviour = {};
    await server.took(1);
    await queue.isEmpty();
  });

  it("is told the name that Smtp_Helo gives", async () => {
    const server = await mailServer();
    const queue = new TestSender({ smtpUrl: server.url, smtpHelo: "lab1.lab.org" });
    queue.post("a");
    queue.start();
    await server.took(1);
    expect([...server.greetings]).toEqual(["lab1.lab.org"]);
  });

  it("which refuses the name that this machine gives itself is told of with it", async () => {
    const server = net.createServer((socket) => {
      socket.write("220 fussy ESMTP\r\n");
      socket.on("error", () => {});
      socket.on("data", () => socket.write("550 5.7.1 I do not know that name\r\n"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const queue = new TestSender({ smtpUrl: `smtp://127.0.0.1:${port}` });
    queue.post("a");
    const sender = queue.start();
    const failure = await until("its trouble", () => sender.failure);
    await queue.stop();
    server.close();
    expect(failure.what).toMatch(
      /refuses this machine, which calls itself lab\.org: .*do not know that name/,
    );
    expect(queue.outbox.names.size).toBe(1);
  });

  const closing = { code: 421, words: "4.3.2 closing" };
  it.each<[string, Behaviour]>([
    ["the greeting", { client: () => closing }],
    ["MAIL", { sender: () => closing }],
    ["RCPT", { recipient: () => closing }],
    ["the data", { message: () => closing }],
  ])("which answers with 421 to %s is quoted, and tried again", async (_, behaviour) => {
    const server = await mailServer({ behaviour });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a");
    const sender = queue.start();
    await until("a failure", () => sender.failure !== undefined);
    expect(sender.failure).toEqual({
      what: `127.0.0.1:${server.port} closes the connection: 421 4.3.2 closing`,
      mend: "it is tried again; if it lasts, ask its operator",
    });
    server.behaviour = {};
    await server.took(1);
    await queue.isEmpty();
  });

  it("which closes the connection without a word is tried again", async () => {
    const server = await mailServer({ behaviour: { onData: (socket) => socket.end() } });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a");
    const sender = queue.start();
    await until("a failure", () => sender.failure !== undefined);
    expect(sender.failure).toEqual({
      what: `127.0.0.1:${server.port} closes the connection without a word`,
      mend: "it is tried again; if it lasts, check the port, and see the server's log",
    });
  });

  it("which always breaks off at one letter still gets the others", async () => {
    const server = await mailServer();
    server.behaviour = {
      recipient: (address) => (address.startsWith("bad") ? { code: 421, words: "argh" } : undefined),
    };
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("bad", ["bad@lab.org"], 0);
    for (const key of ["b", "c", "d"]) queue.post(key);
    queue.start();
    await server.took(3);
    // The server has a letter before the sender takes it out.
    await until("the one letter that is left", () => queue.outbox.names.size === 1);
  });

  it("is not asked for each of many letters while it puts all off", async () => {
    const server = await mailServer({ behaviour: { recipient: () => ({ code: 451, words: "full" }) } });
    const queue = new TestSender({ smtpUrl: server.url });
    for (let at = 0; at < 50; at += 1) queue.post(`letter ${at}`);
    const sender = queue.start();
    await until("its trouble", () => sender.failure?.what.includes("puts all mails off"));
    expect(server.connections).toBeLessThan(10);
  });

  it("does not keep the sender from stopping at once", async () => {
    const server = await mailServer({ behaviour: { delayMs: Number.POSITIVE_INFINITY } });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a");
    queue.start();
    await until("a connection", () => server.connections > 0);
    await queue.stop();
    expect(queue.outbox.names.size).toBe(1);
  });
});

describe("a letter", () => {
  it("is given up after Mail_Give_Up, with all others of that age, and kept", async () => {
    const queue = new TestSender({ smtpUrl: "smtp://127.0.0.1:9", giveUpSeconds: 0.3 });
    for (const key of ["a", "b", "c"]) queue.post(key, ["ada@lab.org"], Date.now() - 60_000);
    queue.start();
    await queue.isEmpty();
    expect(queue.undelivered()).toHaveLength(3);
    expect(queue.undelivered()[0]?.refused[0]?.why).toMatch(
      /^given up after 0.3 s: nothing answers at 127.0.0.1:9/,
    );
    expect(queue.givenUp).toHaveLength(3);
  });

  it("that is none is put aside, and the others go out", async () => {
    const server = await mailServer();
    const queue = new TestSender({ smtpUrl: server.url });
    fs.mkdirSync(queue.folder, { recursive: true });
    const id = "0".repeat(23);
    fs.writeFileSync(path.join(queue.folder, `20200101T000000.000Z-${id}0.json`), "{broken");
    fs.symlinkSync("/etc/passwd", path.join(queue.folder, `20200101T000000.000Z-${id}1.json`));
    fs.mkdirSync(path.join(queue.folder, `20200101T000000.000Z-${id}2.json`));
    queue.post("a");
    queue.start();
    await server.took(1);
    await queue.isEmpty();
    expect(fs.readdirSync(path.join(queue.folder, "strange"))).toHaveLength(3);
    expect(queue.outbox.strange.count()).toBe(3);
  });

  it("that somebody has dropped is forgotten", async () => {
    const server = await mailServer();
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a");
    for (const name of queue.outbox.names) fs.rmSync(path.join(queue.folder, name));
    queue.start();
    await queue.isEmpty();
    expect(server.mails).toEqual([]);
  });

  it("beyond Mail_Daily_Cap is told of in one summary once the day is over, also after a restart", async () => {
    const server = await mailServer();
    const queue = new TestSender({ smtpUrl: server.url, dailyCap: 2 });
    queue.now = new Date(2026, 5, 1, 12);
    for (const key of ["a", "b", "c"]) queue.post(key, ["ada@lab.org", `${key}@lab.org`]);
    queue.start();
    await queue.isEmpty();
    expect(server.mails.map(({ to }) => to)).toEqual([
      ["ada@lab.org", "a@lab.org"],
      ["ada@lab.org", "b@lab.org"],
      ["c@lab.org"],
    ]);
    await queue.stop();
    queue.post("d", ["Ada@lab.org"]);
    queue.start();
    await queue.isEmpty();
    expect(server.mails).toHaveLength(3);
    await queue.stop();
    queue.now = new Date(2026, 5, 2, 0, 1);
    queue.start();
    const summary = (await server.took(4))[3];
    expect(summary?.to).toEqual(["ada@lab.org"]);
    expect(summary?.parsed.subject).toBe("[QM] 2 more mails on 2026-06-01");
    expect(summary?.parsed.text).toContain("about c\n  about d\n");
    queue.post("e");
    await server.took(5);
  });
});

describe("encryption and login", () => {
  const caFile = () => {
    const file = path.join(scratchFolder(), "ca.pem");
    fs.writeFileSync(file, testCertificate().cert);
    return file;
  };

  it.each([
    ["by STARTTLS", { startTls: true }],
    ["from the first byte", { secure: true }],
  ])("%s, with a certificate of one's own and a login", async (_, options) => {
    const server = await mailServer({ ...options, login: LOGIN });
    const scheme = "secure" in options ? "smtps" : "smtp";
    const smtpUrl = `${scheme}://localhost:${server.port}`;
    const env = { QM_SMTP_PASSWORD: LOGIN.password };
    const queue = new TestSender({ smtpUrl, smtpUser: LOGIN.user, smtpCaFile: caFile() }, env);
    queue.post("a");
    queue.start();
    await server.took(1);
  });

  it.each([
    ["offers no encryption", {}, {}, /no encryption, and no password is sent without it/],
    ["has a certificate of its own", { startTls: true }, {}, /certificate .* is not to be trusted/],
    [
      "encrypts only after a greeting",
      { startTls: true },
      { smtps: true },
      /does not encrypt from the first byte/,
    ],
    [
      "encrypts from the first byte",
      { secure: true },
      { patience: BRISK },
      /no greeting in time|does not answer/,
    ],
  ])(
    "sends no password to a server that %s",
    async (_, options, { smtps = false, patience }: { smtps?: boolean; patience?: Patience }, what) => {
      const server = await mailServer({ ...options, login: LOGIN });
      const smtpUrl = `${smtps ? "smtps" : "smtp"}://qm:wrong@127.0.0.1:${server.port}`;
      const queue = new TestSender({ smtpUrl }, {}, patience);
      queue.post("a");
      const sender = queue.start();
      await until("its trouble", () => sender.failure);
      expect(sender.failure?.what).toMatch(what);
      queue.settings = { ...queue.settings, smtpUser: undefined };
      expect(server.mails).toEqual([]);
    },
  );

  it("tells of a login that is refused, and takes up a password that was mended", async () => {
    const server = await mailServer({ startTls: true, login: LOGIN });
    const file = path.join(scratchFolder(), "password");
    fs.writeFileSync(file, "wrong\n", { mode: 0o644 });
    const settings = {
      smtpUrl: `smtp://localhost:${server.port}`,
      smtpUser: LOGIN.user,
      smtpPasswordFile: file,
    };
    const queue = new TestSender({ ...settings, smtpCaFile: caFile() });
    queue.post("a");
    const sender = queue.start();
    await until("its trouble", () => sender.failure?.what.includes("refuses the login"));
    expect(sender.warnings).toEqual([expect.stringContaining("can be read by others")]);
    fs.writeFileSync(file, `${LOGIN.password}\n`);
    await server.took(1);
  });

  it("goes without both where Smtp_Insecure allows it", async () => {
    const server = await mailServer({ startTls: true, login: LOGIN });
    const settings = { smtpUrl: server.url, smtpUser: LOGIN.user, smtpInsecure: true };
    const queue = new TestSender(settings, { QM_SMTP_PASSWORD: LOGIN.password });
    queue.post("a");
    queue.start();
    await server.took(1);
  });

  it("is used without a login where the server offers it, whatever its certificate", async () => {
    const server = await mailServer({ startTls: true });
    const queue = new TestSender({ smtpUrl: server.url });
    queue.post("a");
    queue.start();
    await server.took(1);
  });
});
