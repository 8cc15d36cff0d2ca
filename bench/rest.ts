import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../test/support/queue-folder.ts";
import { allAdmitted } from "./calm.ts";
import { type Cell, figure } from "./figure.ts";
import { type Manager, withManager } from "./manager.ts";
import type { Part, Size } from "./part.ts";
import { childrenOf, cpuSeconds, memoryOf } from "./process-cost.ts";
import { type Contents, inWords, stillQueue } from "./queues.ts";

/** The columns that targets refer to; the rows are the contents in words. */
export const REST = {
  daemonCpu: "daemon, processor time",
  daemonRss: "daemon, RSS",
  pageCpu: "page, processor time",
} as const;

interface Plan {
  readonly contents: readonly Contents[];
  readonly settings: Settings;
  readonly seconds: number;
  /** From the start until the program counts as at rest: by then the memory that the start took has been tidied up. */
  readonly settleSeconds: number;
}

const PLANS: Readonly<Record<Size, Plan>> = {
  full: {
    contents: [
      { finished: 0, waiting: 0 },
      { finished: 10_000, waiting: 0 },
      { finished: 100_000, waiting: 0 },
      { finished: 0, waiting: 2000 },
    ],
    settings: {},
    seconds: 30,
    settleSeconds: 60,
  },
  quick: {
    contents: [{ finished: 50, waiting: 20 }],
    settings: { Poll_Interval: 0.1, Settle_Time: 0.1 },
    seconds: 1,
    settleSeconds: 0.1,
  },
};

/** The program's cost while nothing happens. */
export const rest: Part = {
  name: "rest",
  title: "Cost at rest",
  about:
    "`qm start` with the configuration as shipped, that is with its page, which nobody looks at; waiting jobs wait " +
    `behind \`QM_PAUSE\`. Measured for ${PLANS.full.seconds} seconds, ${PLANS.full.settleSeconds} seconds after the start, when the memory that it took has ` +
    "been tidied up. PSS counts what processes share (the code of Node above all) once among them, the " +
    "measuring Node processes included.",
  measure: async (size, tell) => {
    const cells: Cell[] = [];
    for (const contents of PLANS[size].contents) {
      tell(inWords(contents));
      cells.push(...(await atRest(contents, PLANS[size])));
    }
    return cells;
  },
};

async function atRest(contents: Contents, { settings, seconds, settleSeconds }: Plan): Promise<Cell[]> {
  const queue = stillQueue(contents, settings);
  try {
    return await withManager(queue, "start", async (manager) => {
      await manager.pageStarted();
      await allAdmitted(queue, contents.waiting);
      const processes = processesOf(manager);
      await sleep(settleSeconds * 1000);
      return await cellsOf(inWords(contents), processes, seconds);
    });
  } finally {
    await queue.close();
  }
}

interface Processes {
  readonly daemon: number;
  readonly page: number;
}

function processesOf({ pid }: Manager): Processes {
  const [page, ...others] = childrenOf(pid);
  if (page === undefined || others.length > 0) throw new Error("one page was expected beside the manager");
  return { daemon: pid, page };
}

async function cellsOf(row: string, { daemon, page }: Processes, seconds: number): Promise<Cell[]> {
  const before = { daemon: cpuSeconds(daemon), page: cpuSeconds(page) };
  await sleep(seconds * 1000);
  const aMinute = 60 / seconds;
  const [ofDaemon, ofPage] = [memoryOf(daemon), memoryOf(page)];
  return [
    figure([row, REST.daemonCpu], "s/min", (cpuSeconds(daemon) - before.daemon) * aMinute),
    figure([row, REST.daemonRss], "MB", ofDaemon.rssMb),
    figure([row, "daemon, PSS"], "MB", ofDaemon.pssMb),
    figure([row, REST.pageCpu], "s/min", (cpuSeconds(page) - before.page) * aMinute),
    figure([row, "page, RSS"], "MB", ofPage.rssMb),
    figure([row, "page, PSS"], "MB", ofPage.pssMb),
    figure([row, "both, PSS"], "MB", ofDaemon.pssMb + ofPage.pssMb),
  ];
}
