import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { PageProcess } from "../../bench/page-process.ts";
import { waitingLetters } from "../manager/mail-fixture.ts";
import { TestMailServer } from "../support/smtp.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";

const QM = path.join(
  process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../../dist"),
  "bin/qm.js",
);

/** A hole, but for its end: it takes no room on the disk. */
const GIANT = 5 * 1024 ** 3;
/** Bytes that may be read, and held in memory: very little of the whole. */
const MAX_MORE_BYTES = 64 * 1024 * 1024;

const WRITES_GIANT = `truncate -s ${GIANT} process.log; echo >>process.log; echo 'the very end' >>process.log`;

describe("a job whose log has 5 GB", () => {
  it("is accounted for, told of in a letter and shown without being read as a whole", async () => {
    const server = await TestMailServer.start();
    await withQueue({ MailActive: "True" }, async (queue) => {
      queue.addConfig({ Mail: { Smtp: server.url, From: "qm@lab.org" } });
      queue.addConfig({ WEB_QMserver: { The_Port: 0 } });
      await queue.start();
      await runSmallOne(queue, server);
      const before = costOf(queue.managerPid);
      queue.deliver("giant", {
        script: `${WRITES_GIANT}; echo >up; until [ -e go ]; do sleep 0.05; done; exit 3`,
        e_mail: "ada@lab.org",
      });
      await queue.wrote("giant", "up");
      fs.writeFileSync(path.join(queue.folder("running", "giant"), "go"), "");
      expect(await queue.ended("giant")).toMatchObject({ state: "failed", exitCode: 3 });
      const [, mail] = await server.took(2);
      expect(mail?.parsed.text).toContain("the very end\n");
      expect(mail?.raw.length).toBeLessThan(200_000);
      await until("an empty outbox", () => waitingLetters(queue).length === 0);
      expectLittleMore(before, costOf(queue.managerPid));
      expectWholeLog(queue);
      await expectCheapPage(queue);
      expectCommand(queue);
    }).finally(() => server.close());
  });
});

/** So that everything which a job's end needs has been loaded. */
async function runSmallOne(queue: TestQueue, server: TestMailServer): Promise<void> {
  queue.deliver("small", { script: "echo small; exit 3", e_mail: "ada@lab.org" });
  await queue.ended("small");
  await server.took(1);
}

function expectWholeLog(queue: TestQueue): void {
  const { size, blocks } = fs.statSync(path.join(queue.folder("finished", "giant"), "process.log"));
  expect(size).toBeGreaterThan(GIANT);
  expect(blocks * 512).toBeLessThan(1e6);
}

async function expectCheapPage(queue: TestQueue): Promise<void> {
  const page = await PageProcess.start(queue.configFile);
  try {
    await page.ask("/jobs/small");
    const before = costOf(page.pid);
    const { status, text } = await page.ask("/jobs/giant");
    expect(status).toBe(200);
    expect(text).toContain("the very end");
    expectLittleMore(before, costOf(page.pid));
  } finally {
    await page.stop();
  }
}

function expectCommand({ configFile }: TestQueue): void {
  const args = [QM, "--config", configFile, "log", "giant", "--lines", "2"];
  const said = execFileSync(process.execPath, args, { encoding: "utf8" });
  expect(said).toContain("the very end\n[QM] ended");
}

interface Cost {
  readonly peakBytes: number;
  readonly readBytes: number;
}

/** The most memory that a process has ever had, and what it has read so far. */
function costOf(pid: number): Cost {
  const peakKilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  const readBytes = /^rchar: (\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/io`, "utf8"))?.[1];
  return { peakBytes: Number(peakKilobytes) * 1024, readBytes: Number(readBytes) };
}

function expectLittleMore(before: Cost, after: Cost): void {
  expect(after.peakBytes - before.peakBytes).toBeLessThan(MAX_MORE_BYTES);
  expect(after.readBytes - before.readBytes).toBeLessThan(MAX_MORE_BYTES);
}
