/**
 * Measures this build beside another one, by turns: `npx tsx bench/builds.ts OTHER_DIST [TURNS]`, after `npm run build`. Prints the
 * median of each figure and of its ratios to the other build's of the same turn; a machine's noise meets both builds alike.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueFolder } from "../test/support/queue-folder.ts";
import { allAdmitted, untilCalm } from "./calm.ts";
import { drainOwn } from "./drain-own.ts";
import { median } from "./figure.ts";
import { withManager } from "./manager.ts";
import { PageProcess } from "./page-process.ts";
import { toldPasses } from "./pass-time.ts";
import { cpuSeconds } from "./process-cost.ts";
import { runQm } from "./program.ts";
import { stillQueue } from "./queues.ts";

const CONTENTS = { finished: 1000, waiting: 1000 };
const SAMPLES = 5;
const REQUESTS = 60;
const REST_SECONDS = 20;
const JOBS = 300;
const PROCESSORS = 2;
const CAP_SECONDS = 300;

/** Figures of one build: less is better. */
type Figures = Readonly<Record<string, number>>;

const [other, turns = "5"] = process.argv.slice(2);
if (other === undefined) process.stdout.write(JSON.stringify(await figuresOfThisBuild()));
else compare(path.join(import.meta.dirname, "../dist"), path.resolve(other), Number(turns));

async function figuresOfThisBuild(): Promise<Figures> {
  const queue = stillQueue(CONTENTS);
  try {
    await withManager(queue, "daemon", () => allAdmitted(queue, CONTENTS.waiting));
    const version = await samples(() => processorMs(() => runQm(queue.configFile, ["--version"])));
    const start = await samples(() => withManager(queue, "daemon", ({ readyMs }) => readyMs));
    const front = await frontPageMs(queue);
    const { pass, rest } = await withManager(queue, "daemon", ({ pid }) => managerFigures(queue, pid));
    const { jobs, seconds } = await drainOwn(JOBS, PROCESSORS, CAP_SECONDS);
    return {
      "qm --version, processor ms": version,
      "start, ms": start,
      "pass, ms": pass,
      "rest, processor ms a second": rest,
      "front page, ms": front,
      "a job of true, ms": (seconds / jobs) * 1000,
    };
  } finally {
    await queue.close();
  }
}

async function managerFigures(queue: QueueFolder, pid: number) {
  await allAdmitted(queue, CONTENTS.waiting);
  await untilCalm([pid], 2);
  const beforeSeconds = cpuSeconds(pid);
  await sleep(REST_SECONDS * 1000);
  const rest = ((cpuSeconds(pid) - beforeSeconds) / REST_SECONDS) * 1000;
  return { rest, pass: median(await toldPasses(queue.layout.status, SAMPLES)) };
}

async function frontPageMs({ configFile }: QueueFolder): Promise<number> {
  const page = await PageProcess.start(configFile);
  try {
    await page.ask();
    return await samples(async () => (await page.ask()).ms, REQUESTS);
  } finally {
    await page.stop();
  }
}

async function samples(measure: () => Promise<number>, count = SAMPLES): Promise<number> {
  const measured: number[] = [];
  for (let at = 0; at < count; at += 1) measured.push(await measure());
  return median(measured);
}

// Of this process's children too, once they have ended.
async function processorMs(act: () => Promise<void>): Promise<number> {
  const before = cpuSeconds(process.pid);
  await act();
  return (cpuSeconds(process.pid) - before) * 1000;
}

function compare(own: string, others: string, turns: number): void {
  const measured = Array.from({ length: turns }, (_, turn) => {
    const [first, second] = turn % 2 === 0 ? [own, others] : [others, own];
    const figures = new Map([first, second].map((dist) => [dist, figuresOf(dist)]));
    process.stderr.write(`turn ${turn + 1} of ${turns}\n`);
    return { own: figures.get(own) ?? {}, others: figures.get(others) ?? {} };
  });
  for (const name of Object.keys(measured[0]?.own ?? {})) {
    const [ours, theirs] = [
      measured.map(({ own }) => own[name] ?? 0),
      measured.map(({ others }) => others[name] ?? 0),
    ];
    const ratio = median(ours.map((value, turn) => value / (theirs[turn] ?? Number.NaN)));
    process.stdout.write(
      `${name}: ${median(ours).toFixed(2)}, other ${median(theirs).toFixed(2)}, ratio ${ratio.toFixed(2)}\n`,
    );
  }
}

/** Each build in a process of its own, as it is chosen when the modules are loaded. */
function figuresOf(dist: string): Figures {
  const argv = [...process.execArgv, import.meta.filename];
  const env = { ...process.env, QM_TEST_DIST: dist };
  return JSON.parse(execFileSync(process.execPath, argv, { env, encoding: "utf8" })) as Figures;
}
