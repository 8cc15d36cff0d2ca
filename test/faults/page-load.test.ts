import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PageProcess } from "../../bench/page-process.ts";
import { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";

const STREAMS = 500;
const SLOW_CLIENTS = 200;
const JOBS = 7;
const MIN_LOOKS = 15;
/** Delay of a job's start by the crowd, in milliseconds, beside that of a busy machine. */
const MAX_DELAY_MS = 50;
/** Time that a person takes for at once, in milliseconds, on a busy machine. */
const MAX_FRONT_MS = 1000;
/** Of a log of two gigabytes, no more than its end is read. */
const MAX_READ_BYTES = 4 * 1024 * 1024;
const MAX_RSS_BYTES = 200 * 1024 * 1024;

let queue: TestQueue;
let page: PageProcess;
let crowd: ChildProcess | undefined;

beforeEach(async () => {
  queue = new TestQueue({ MaxNbProcessors: 1 });
  queue.addConfig({ WEB_QMserver: { The_Port: 0 } });
  await queue.start();
  page = await PageProcess.start(queue.configFile);
});

afterEach(async () => {
  crowd?.kill("SIGKILL");
  await page.stop();
  await queue.close();
});

describe("with 500 open pages and 200 slow clients", () => {
  test("a job starts as soon as without them, and the front page answers at once all the while", async () => {
    const before = await startLatencies("quiet");
    crowd = await gather(page.url);
    const looking = lookAgainAndAgain();
    const during = await startLatencies("crowded");
    const frontMs = await looking.end();
    expect(fs.readdirSync(`/proc/${page.pid}/fd`).length).toBeGreaterThan(STREAMS);
    const after = await quietAgain();
    // The least of each: whatever else the machine does delays some of them, a crowd that is in the way all.
    const quietMs = Math.min(...before, ...after);
    const crowdedMs = Math.min(...during);
    tell(
      `start of a job: ${quietMs} ms quiet, ${crowdedMs} ms in the crowd; front page of ${frontMs.length} looks: ` +
        `median ${Math.round(median(frontMs))} ms, worst ${Math.round(Math.max(...frontMs))} ms`,
    );
    // Of a start of some milliseconds the double is nothing that anybody is in the way of.
    expect(crowdedMs).toBeLessThan(2 * quietMs + MAX_DELAY_MS);
    expect(median(frontMs)).toBeLessThan(MAX_FRONT_MS);
  });
});

test("a log of two gigabytes opens at once, the first time too, in little memory", async () => {
  for (const name of ["short-log", "long-log"]) {
    queue.deliver(name, { script: "echo done" });
    await queue.ended(name);
  }
  makeLongLog(path.join(queue.folder("finished", "long-log"), "process.log"));
  // The first page of a job that a process makes takes it longer, whichever it is.
  expect((await page.ask("/jobs/short-log")).status).toBe(200);
  const times: number[] = [];
  for (let tries = 0; tries < 3; tries += 1) {
    const readBefore = page.readBytes;
    const { status, text, ms } = await page.ask("/jobs/long-log");
    expect(page.readBytes - readBefore).toBeLessThan(MAX_READ_BYTES);
    expect(status).toBe(200);
    for (const line of ["line 2100 of the end", "the very last line"]) expect(text.includes(line)).toBe(true);
    expect(text.includes("line 1900 of the end")).toBe(false);
    times.push(ms);
  }
  tell(`a log of 2 GB: ${times.map(Math.round).join(", ")} ms, ${Math.round(page.rssBytes / 1e6)} MB`);
  expect(page.rssBytes).toBeLessThan(MAX_RSS_BYTES);
});

/** Milliseconds from the moment when a job came into the queue to its script's first act, job after job. */
async function startLatencies(prefix: string): Promise<number[]> {
  const latencies: number[] = [];
  for (let number = 0; number < JOBS; number += 1) {
    const name = `${prefix}-${number}`;
    const deliveredMs = Date.now();
    queue.deliver(name, { script: "sh job.sh" }, { "job.sh": "date +%s%3N > started\n" });
    await queue.ended(name);
    latencies.push(Number(queue.read(name, "started")) - deliveredMs);
  }
  return latencies;
}

/** Asks for the front page, one time after the other, until it is to end; gives how long each took, in milliseconds. */
function lookAgainAndAgain(): { readonly end: () => Promise<number[]> } {
  const times: number[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver || times.length < MIN_LOOKS) {
      const { status, text, ms } = await page.ask();
      expect([status, text.includes("</html>")]).toEqual([200, true]);
      times.push(ms);
      await pause(100);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await looking;
      return times;
    },
  };
}

async function quietAgain(): Promise<number[]> {
  crowd?.kill("SIGKILL");
  await until("the crowd's end", () => crowd?.signalCode === "SIGKILL");
  return await startLatencies("quiet-again");
}

/** Lets a process of its own open all the connections, at the lowest priority: it is the page that is to be tried. */
async function gather(url: string): Promise<ChildProcess> {
  const script = path.join(import.meta.dirname, "../support/crowd.mjs");
  const args = ["-n", "19", process.execPath, script, url, String(STREAMS), String(SLOW_CLIENTS)];
  const child = spawn("nice", args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await until("the crowd", () => said.includes("gathered\n"));
  return child;
}

/** A file that claims two gigabytes, of which only the end is written. */
function makeLongLog(file: string): void {
  const lines = Array.from({ length: 3000 }, (_, number) => `line ${number} of the end\n`);
  fs.truncateSync(file, 2 * 1024 ** 3);
  fs.appendFileSync(file, `\n${lines.join("")}the very last line\n`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
