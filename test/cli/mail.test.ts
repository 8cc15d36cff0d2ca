import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { storeForm } from "../../src/mail/letter.ts";
import { Outbox } from "../../src/mail/outbox.ts";
import { letterOf } from "../mail/sender-fixture.ts";
import { LOGIN, type ServerOptions, TestMailServer, testCertificate } from "../support/smtp.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch = new Scratch();
let server: TestMailServer | undefined;

afterEach(async () => {
  await scratch.close();
  await server?.close();
  scratch = new Scratch();
});

function fillOutbox(): { readonly waiting: string; readonly undelivered: string } {
  const outbox = new Outbox(scratch.layout.outbox);
  const waiting = storeForm(letterOf("waits", ["ada@lab.org"], { subject: "[QM] done \u001b[31mx" }), 0);
  const undelivered = storeForm(letterOf("refused", ["bob@lab.org"]), 0);
  outbox.post(waiting);
  outbox.post(undelivered);
  const name = [...outbox.names].find((candidate) => candidate.includes(undelivered.id)) ?? "";
  const refused = [{ address: "bob@lab.org", why: "550 no such user" }];
  outbox.giveUp(name, { ...undelivered, pending: [], refused });
  return { waiting: waiting.id, undelivered: undelivered.id };
}

describe("qm mail", () => {
  it("says when no mail waits", async () => {
    expect(await scratch.run(["mail"])).toMatchObject({ code: 0, out: "", err: "no mail waits\n" });
  });

  it("lists what waits and what could not be delivered, and why", async () => {
    const ids = fillOutbox();
    const { out } = await scratch.run(["mail"]);
    expect(out).toMatch(new RegExp(`${ids.undelivered} +UNDELIVERED .*bob@lab.org .*550 no such user`));
    expect(out).toMatch(new RegExp(`${ids.waiting} +waiting .*ada@lab.org +\\[QM\\] done \\\\x1b\\[31mx`));
    expect(await scratch.json("mail")).toMatchObject({
      version: 1,
      mails: [
        { id: ids.undelivered, state: "undelivered", refused: [{ address: "bob@lab.org" }] },
        { id: ids.waiting, state: "waiting", pending: ["ada@lab.org"] },
      ],
    });
    expect((await scratch.run(["mail", "-q"])).out).toBe(`${ids.undelivered}\n${ids.waiting}\n`);
  });

  it("tells of each receiver what is true of him", async () => {
    const outbox = new Outbox(scratch.layout.outbox);
    const letter = storeForm(letterOf("both", ["grey@lab.org", "bad@lab.org", "gone@lab.org"]), 0);
    outbox.post({
      ...letter,
      pending: ["grey@lab.org"],
      refused: [
        { address: "bad@lab.org", why: "550 no such user" },
        { address: "gone@lab.org", why: "554 moved" },
      ],
      lastAnswer: "450 greylisted",
    });
    const { out } = await scratch.run(["mail"]);
    const rows = out.split("\n").map((line) => line.replaceAll(/ +/g, " "));
    const row = (state: string, to: string, why: string) =>
      expect.stringMatching(new RegExp(`^ ?${letter.id} ${state} .*ago ${to} .* ${why}$`));
    expect(rows).toContainEqual(row("waiting", "grey@lab.org", "450 greylisted"));
    expect(rows).toContainEqual(row("UNDELIVERED", "bad@lab.org", "550 no such user"));
    expect(rows).toContainEqual(row("UNDELIVERED", "gone@lab.org", "554 moved"));
  });

  it("throws mails away by id, or all that could not be delivered", async () => {
    const ids = fillOutbox();
    expect(await scratch.run(["mail", "drop"])).toMatchObject({ code: 2 });
    expect(await scratch.run(["mail", "drop", "nonsense"])).toMatchObject({ code: 1 });
    expect(await scratch.run(["mail", "drop", "--undelivered"])).toMatchObject({ code: 0 });
    expect((await scratch.run(["mail", "-q"])).out).toBe(`${ids.waiting}\n`);
    expect(await scratch.run(["mail", "drop", ids.waiting])).toMatchObject({ err: "thrown away: 1 mail\n" });
    expect((await scratch.run(["mail", "-q"])).out).toBe("");
    expect(fs.readFileSync(scratch.layout.mailRequest, "utf8")).toBe("look\n");
  });

  it("needs a manager to send", async () => {
    expect(await scratch.run(["mail", "send"])).toMatchObject({ code: 5 });
  });
});

describe("qm doctor --mail", () => {
  async function doctor(settings: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const queue = "MaxNbProcessors = 2\nMin_Free_Disk = 1 MB\nMailActive = True\n";
    scratch.write("QMserv.cfg", `[QMServer]\n${queue}[Mail]\nFrom = qm@lab.org\n${settings}`);
    const { out } = await scratch.run(["doctor", "--mail", "ada@lab.org"], { env });
    return out.slice(out.search(/^(ok|warn|fail) +mail:/m));
  }

  async function listen(options: ServerOptions = {}): Promise<number> {
    server = await TestMailServer.start(options);
    return server.port;
  }

  it("sends a test mail", async () => {
    const port = await listen();
    expect(await doctor(`Smtp = smtp://127.0.0.1:${port}\n`)).toMatch(/^ok +mail: .* has taken a test mail/);
    expect(server?.mails[0]?.to).toEqual(["ada@lab.org"]);
  });

  it("says that nothing answers at a wrong port", async () => {
    expect(await doctor("Smtp = smtp://127.0.0.1:9\n")).toMatch(/nothing answers.*\n.*check the port/);
  });

  it("says that no machine has that name", async () => {
    expect(await doctor("Smtp_Host = mail.invalid\n")).toMatch(/no machine is called mail.invalid/);
  });

  it("says that the server encrypts only later", async () => {
    const port = await listen();
    expect(await doctor(`Smtp = smtps://127.0.0.1:${port}\n`)).toMatch(
      /from the first byte\n.*use smtp:\/\//,
    );
  });

  it("says that a login is refused, and that a password lies open", async () => {
    const port = await listen({ startTls: true, login: LOGIN });
    scratch.write("ca.pem", testCertificate().cert);
    scratch.write("password", "wrong\n");
    const mail = `Smtp = smtp://localhost:${port}\nSmtp_User = qm\nSmtp_Ca_File = ca.pem\n`;
    const told = await doctor(`${mail}Smtp_Password_File = password\n`);
    expect(told).toMatch(/refuses the login.*\n.*check Smtp_User/);
    expect(told).not.toContain("wrong");
    expect(told).toMatch(new RegExp(`${path.basename(scratch.base)}/password can be read by others`));
  });

  it("says that a certificate is not vouched for", async () => {
    const port = await listen({ startTls: true, login: LOGIN });
    const mail = `Smtp = smtp://localhost:${port}\nSmtp_User = qm\n`;
    expect(await doctor(mail, { QM_SMTP_PASSWORD: LOGIN.password })).toMatch(
      /not to be trusted.*\n.*Smtp_Ca_File/,
    );
  });

  it("says that the server does not pass mails on", async () => {
    const port = await listen({
      behaviour: { recipient: () => ({ code: 550, words: "relay not permitted" }) },
    });
    expect(await doctor(`Smtp = smtp://127.0.0.1:${port}\n`)).toMatch(
      /refuses this machine.*\n.*Smtp_Helo.*Smtp_User/,
    );
  });
});
