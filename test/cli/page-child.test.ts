import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

const DIST = process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../../dist");
const QM = path.join(DIST, "bin/qm.js");

let queue: TestQueue;
let started: ChildProcess[];
let said: string;

beforeEach(() => {
  queue = new TestQueue();
  usePort(0);
  started = [];
  said = "";
});

afterEach(async () => {
  const pages = pagesOf(queue);
  for (const child of started) child.kill("SIGKILL");
  for (const pid of pages) if (isRunning(pid)) process.kill(pid, "SIGKILL");
  await queue.close();
});

function usePort(port: number): void {
  queue.addConfig({ WEB_QMserver: { The_Port: port } });
}

/** Runs `qm start` on the queue. */
function start(under: readonly string[] = []): ChildProcess {
  const [program, ...args] = [...under, process.execPath, QM, "--config", queue.configFile, "start"];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  started.push(child);
  return child;
}

async function url(after = 0): Promise<string> {
  return await until("the page's address", () => /the page: (http:\S+)\/\n/.exec(said.slice(after))?.[1]);
}

/** The processes that serve this queue's page. */
function pagesOf({ configFile }: TestQueue): number[] {
  return fs.readdirSync("/proc").flatMap((name) => {
    const words = /^\d+$/.test(name) ? commandOf(name).split("\0") : [];
    return words.includes(configFile) && words.includes("web") && isRunning(Number(name))
      ? [Number(name)]
      : [];
  });
}

function commandOf(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

async function onePage(): Promise<number> {
  return await until("one page process", () => {
    const pages = pagesOf(queue);
    return pages.length === 1 && pages[0];
  });
}

async function statusOf(address: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const request = http.get(address, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

test("`qm start` starts manager and page, tells the address, and Ctrl-C ends both", async () => {
  const manager = start();
  expect(await statusOf(await url())).toBe(200);
  const page = await onePage();
  expect(os.getPriority(page)).toBeGreaterThan(os.getPriority(manager.pid));
  // A terminal sends it to the whole group.
  process.kill(-(manager.pid ?? Number.NaN), "SIGINT");
  await until("the manager's end", () => hasEnded(manager));
  await until("the page's end", () => !isRunning(page));
  expect(manager.exitCode).toBe(0);
  expect(pagesOf(queue)).toEqual([]);
});

test("`qm stop` ends both", async () => {
  const manager = start();
  await url();
  const page = await onePage();
  const stop = spawn(process.execPath, [QM, "--config", queue.configFile, "stop"], { stdio: "ignore" });
  started.push(stop);
  await until("the stop", () => hasEnded(stop) && hasEnded(manager) && !isRunning(page));
  expect([stop.exitCode, manager.exitCode]).toEqual([0, 0]);
});

test("a page that is killed changes nothing for a running job, and is started again", async () => {
  start();
  const first = await url();
  const page = await onePage();
  queue.deliver(
    "works",
    { script: "sh work.sh" },
    { "work.sh": "echo $$ > pid\nwhile [ ! -e go ]; do sleep 0.1; done\necho end\n" },
  );
  const pid = await queue.wrote("works", "pid");
  const from = said.length;
  process.kill(page, "SIGKILL");
  await until("the page's end", () => !isRunning(page));
  expect(isRunning(Number(pid))).toBe(true);
  expect(await statusOf(await url(from - 1).catch(() => first))).toBe(200);
  expect(await onePage()).not.toBe(page);
  fs.writeFileSync(path.join(queue.folder("running", "works"), "go"), "");
  expect(await queue.ended("works")).toMatchObject({ state: "done", attempt: 1 });
});

test("a page whose manager is killed ends by itself", async () => {
  const manager = start();
  await url();
  const page = await onePage();
  manager.kill("SIGKILL");
  await until("the page's end", () => !isRunning(page));
});

test("a taken port is told once, in plain words, and the queue works", async () => {
  const other = net.createServer();
  await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
  const { port } = other.address() as net.AddressInfo;
  queue.configure({});
  usePort(port);
  try {
    start();
    await until("the whole complaint", () => said.includes("The_Port"));
    expect(said).toContain(`port ${port}: another program has the port`);
    queue.deliver("works", { script: "true" });
    expect(await queue.ended("works")).toMatchObject({ state: "done" });
    const pages = new Set<number>();
    await until("two more tries", () => {
      for (const pid of pagesOf(queue)) pages.add(pid);
      return pages.size >= 2;
    });
    expect(said.match(/another program has the port/g)).toHaveLength(1);
    expect(said).not.toMatch(/^ +at /m);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
  // Once the port is free the page comes by itself.
  expect(await statusOf(await url())).toBe(200);
});

test("a page of low priority keeps it", async () => {
  start(["nice", "-n", "12"]);
  await url();
  expect(os.getPriority(await onePage())).toBe(12);
});

test("what the page complains of is told the manager's terminal only so many times", async () => {
  queue.configure({});
  const fake = path.join(queue.base, "complains.mjs");
  fs.writeFileSync(
    fake,
    "for (let n = 0; n < 5000; n++) process.stderr.write('line ' + n + '\\n'); setInterval(() => {}, 1000);",
  );
  const { PageChild } = await import("../../src/cli/page-child.ts");
  const told: string[] = [];
  const installation = { node: process.execPath, script: fake, root: "" };
  const session = {
    services: { installation },
    configFile: undefined,
    io: { cwd: queue.base, env: process.env },
  };
  const child = new PageChild(session as never, (line) => told.push(line));
  child.start();
  await until("the last word", () => told.some((line) => line.includes("qm web")));
  expect(told.length).toBeLessThan(60);
  child.stop();
});
