import { setTimeout as sleep } from "node:timers/promises";
import { PageProcess } from "./page-process.ts";
import { makeFinishedQueue } from "./page-queue.ts";

/** Figures of one measurement of the front page. */
export interface PageFigures {
  readonly finishedJobs: number;
  /** From the start of the process until it took connections. */
  readonly listeningMs: number;
  /** From the start of the process until a whole front page had come. */
  readonly readyMs: number;
  /** Median time to the whole answer of the front page. */
  readonly frontMedianMs: number;
  readonly frontWorstMs: number;
  /** Processor time for one front page, on average. */
  readonly frontProcessorMs: number;
  readonly frontWireBytes: number;
  /** Processor time a minute while nobody looked. */
  readonly idleCpuSecondsAMinute: number;
  readonly rssBytes: number;
}

/** Length of a measurement. */
export interface MeasureOptions {
  readonly requests: number;
  /** From the last look until the page counts as idle: by then the memory of what was looked at has been tidied up. */
  readonly settleSeconds: number;
  readonly idleSeconds: number;
}

/** Measures the front page of the built program over a queue with so many finished jobs. */
export async function measurePage(
  finishedJobs: number,
  { requests, settleSeconds, idleSeconds }: MeasureOptions,
): Promise<PageFigures> {
  const queue = makeFinishedQueue(finishedJobs);
  let page: PageProcess | undefined;
  try {
    const startedMs = performance.now();
    page = await PageProcess.start(queue.configFile);
    const first = await page.ask();
    const readyMs = performance.now() - startedMs;
    if (first.status !== 200) throw new Error(`the front page answered ${first.status}: ${first.text}`);
    const cpuBefore = page.cpuSeconds;
    const times = await timesOf(page, requests);
    const frontProcessorMs = Math.round(((page.cpuSeconds - cpuBefore) / requests) * 1000);
    await sleep(settleSeconds * 1000);
    return {
      finishedJobs,
      listeningMs: Math.round(page.listeningMs),
      readyMs: Math.round(readyMs),
      frontMedianMs: times[Math.floor(times.length / 2)] ?? Number.NaN,
      frontWorstMs: times.at(-1) ?? Number.NaN,
      frontProcessorMs,
      frontWireBytes: first.wireBytes,
      idleCpuSecondsAMinute: await idleCpu(page, idleSeconds),
      rssBytes: page.rssBytes,
    };
  } finally {
    await page?.stop();
    await queue.close();
  }
}

/** In ascending order, milliseconds with two decimals. */
async function timesOf(page: PageProcess, requests: number): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    // One address each: what was made for the last one is of no use for the next.
    const { ms } = await page.ask(`/?look=${count}`);
    times.push(Math.round(ms * 100) / 100);
  }
  return times.sort((a, b) => a - b);
}

async function idleCpu(page: PageProcess, seconds: number): Promise<number> {
  const before = page.cpuSeconds;
  await sleep(seconds * 1000);
  return Math.round(((page.cpuSeconds - before) / seconds) * 60 * 1000) / 1000;
}
