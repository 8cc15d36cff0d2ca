import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { simpleParser } from "mailparser";
import { afterEach, describe, expect, it } from "vitest";
import { mailingQueueAt, undeliveredLetters, waitingLetters } from "../manager/mail-fixture.ts";
import { rootOrSkip, scratchFolder } from "../support/scratch.ts";
import { decodedHeader, testCertificate } from "../support/smtp.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { orSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

const EXIM = "/usr/sbin/exim4";
const EXIM_USER = "Debian-exim";

let exim: ChildProcess | undefined;
let queue: TestQueue | undefined;

afterEach(async () => {
  await queue?.close();
  exim?.kill("SIGKILL");
  if (exim !== undefined)
    await until("the end of exim", () => exim?.exitCode !== null || exim?.signalCode !== null);
});

/** True if Debian's mail server can be tried; says so where it cannot. */
function eximOrSkip(): boolean {
  return orSkip(fs.existsSync(EXIM), "exim4 (package exim4-daemon-light)") && rootOrSkip();
}

function configuration(folder: string, port: number): string {
  return `primary_hostname = localhost
spool_directory = ${folder}/spool
log_file_path = ${folder}/spool/%slog
pid_file_path = ${folder}/spool/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
host_lookup =
rfc1413_query_timeout = 0s
smtputf8_advertise_hosts =
tls_advertise_hosts = *
tls_certificate = ${folder}/cert.pem
tls_privatekey = ${folder}/key.pem
acl_smtp_rcpt = check_rcpt
begin acl
check_rcpt:
  deny local_parts = nobody-here
       message = no such user
  accept domains = lab.test
  deny message = relay not permitted
begin routers
box:
  driver = accept
  domains = lab.test
  transport = box
begin transports
box:
  driver = appendfile
  file = ${folder}/spool/box
  user = ${EXIM_USER}
  envelope_to_add
`;
}

/** Starts exim in the foreground, with a spool and a configuration of its own. */
async function startExim(): Promise<{ readonly folder: string; readonly port: number }> {
  const folder = scratchFolder();
  const port = await freePort();
  const { key, cert } = testCertificate();
  fs.writeFileSync(path.join(folder, "cert.pem"), cert);
  fs.writeFileSync(path.join(folder, "key.pem"), key, { mode: 0o644 });
  fs.writeFileSync(path.join(folder, "exim.conf"), configuration(folder, port));
  fs.mkdirSync(path.join(folder, "spool"), { mode: 0o777 });
  fs.chmodSync(path.join(folder, "spool"), 0o777);
  exim = spawn(EXIM, ["-C", path.join(folder, "exim.conf"), "-bdf", "-q1m"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  exim.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await until("exim", () => {
    if (exim?.exitCode !== null) throw new Error(`exim ended: ${said}`);
    return fs.existsSync(path.join(folder, "spool/exim.pid"));
  });
  return { folder, port };
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe.runIf(eximOrSkip())("Debian's exim4", () => {
  it("delivers to a mailbox, over STARTTLS, and refuses for good whom it does not know", async () => {
    const { folder, port } = await startExim();
    queue = mailingQueueAt(`smtp://localhost:${port}`, {
      From: "Queue <qm@lab.test>",
      Smtp_Ca_File: path.join(folder, "cert.pem"),
    });
    await queue.start();
    queue.deliver("Größe λ", {
      script: "echo 'From the past'; echo .; echo ..two; exit 2",
      e_mail: "ada@lab.test, nobody-here@lab.test, far@elsewhere.test",
      info: "Übung",
    });
    const box = path.join(folder, "spool/box");
    const text = await until(
      "the mail",
      () =>
        fs.existsSync(box) && fs.readFileSync(box, "utf8").endsWith("\n\n") && fs.readFileSync(box, "utf8"),
    );
    const raw = text.slice(text.indexOf("\n") + 1).replaceAll(/^>From /gm, "From ");
    const parsed = await simpleParser(raw);
    expect(parsed.subject).toMatch(/^\[QM\] FAILED Größe λ after .*: exit 2$/);
    expect(decodedHeader({ from: "", to: [], raw, parsed }, "x-qm-job")).toBe("Größe λ");
    expect(parsed.text).toMatch(/Info: +Übung\n/);
    expect(parsed.text).toContain("  From the past\n  .\n  ..two\n");
    expect(raw).toMatch(/Received: [^;]*\(TLS/);
    await until("an empty outbox", () => queue !== undefined && waitingLetters(queue).length === 0);
    expect(undeliveredLetters(queue)).toHaveLength(1);
    const [name = ""] = undeliveredLetters(queue);
    const letter = JSON.parse(fs.readFileSync(path.join(queue.layout.outbox, "undelivered", name), "utf8"));
    expect(letter.refused.map(({ address }: { address: string }) => address)).toEqual([
      "nobody-here@lab.test",
      "far@elsewhere.test",
    ]);
  });
});
