import type { QueueFolder, Settings } from "../test/support/queue-folder.ts";
import { allAdmitted, untilCalm } from "./calm.ts";
import { type Cell, spread } from "./figure.ts";
import { type Manager, withManager } from "./manager.ts";
import { PageProcess } from "./page-process.ts";
import type { Part, Size } from "./part.ts";
import { processorTimesOfALook, toldPasses } from "./pass-time.ts";
import { runQm } from "./program.ts";
import { type Contents, inWords, stillQueue } from "./queues.ts";

/** The columns that targets refer to; the rows are the contents in words. */
export const GROWTH = { pass: "pass", startUp: "start-up" } as const;

/** More looks at the folders than as shipped, so that they can be told apart from the rest in little time. */
const POLL_SECONDS = 0.2;
const SETTINGS: Settings = { Poll_Interval: POLL_SECONDS };

interface Plan {
  readonly settings: Settings;
  readonly contents: readonly Contents[];
  readonly starts: number;
  readonly passes: number;
  readonly looks: number;
  readonly requests: number;
}

const PLANS: Readonly<Record<Size, Plan>> = {
  full: {
    contents: [
      { finished: 1000, waiting: 0 },
      { finished: 10_000, waiting: 0 },
      { finished: 100_000, waiting: 0 },
      { finished: 0, waiting: 100 },
      { finished: 0, waiting: 1000 },
      { finished: 0, waiting: 10_000 },
    ],
    settings: SETTINGS,
    starts: 3,
    passes: 5,
    looks: 3,
    requests: 15,
  },
  quick: {
    contents: [{ finished: 20, waiting: 10 }],
    settings: { ...SETTINGS, Settle_Time: 0.1 },
    starts: 1,
    passes: 1,
    looks: 1,
    requests: 3,
  },
};

/** Growth of the program's times with what lies in its folders. */
export const growth: Part = {
  name: "growth",
  title: "Growth",
  about:
    "Waiting jobs wait behind `QM_PAUSE`; nothing changes. The pass is what the manager says it took when it is made " +
    `to publish its status again; what it does between passes is not in it. A look is all of its processor time for one ` +
    `\`Poll_Interval\` (here ${POLL_SECONDS} s): the pass, the round between passes, garbage collection. Start-up: from the start of \`qm daemon\` until its first status lies ` +
    "there, on a queue that it has seen before. `qm status`: the whole command. Front page: the whole answer, after a first one.",
  measure: async (size, tell) => {
    const cells: Cell[] = [];
    for (const contents of PLANS[size].contents) {
      tell(inWords(contents));
      cells.push(...(await withContents(contents, PLANS[size])));
    }
    return cells;
  },
};

async function withContents(contents: Contents, plan: Plan): Promise<Cell[]> {
  const queue = stillQueue(contents, plan.settings);
  try {
    await withManager(queue, "daemon", () => allAdmitted(queue, contents.waiting));
    const startUps = await times(plan.starts, () => withManager(queue, "daemon", ({ readyMs }) => readyMs));
    const running = await withManager(queue, "daemon", (manager) =>
      ofManager(contents, queue, manager, plan),
    );
    return [spread([inWords(contents), GROWTH.startUp], "ms", startUps), ...running];
  } finally {
    await queue.close();
  }
}

async function ofManager(
  contents: Contents,
  queue: QueueFolder,
  { pid }: Manager,
  plan: Plan,
): Promise<Cell[]> {
  await allAdmitted(queue, contents.waiting);
  await untilCalm([pid], POLL_SECONDS);
  const looks = await processorTimesOfALook(pid, POLL_SECONDS, plan.looks);
  const passes = await toldPasses(queue.layout.status, plan.passes);
  const requests = await withPage(queue, (page) => times(plan.requests, async () => (await page.ask()).ms));
  const commands = await times(plan.starts, () => timeOf(() => runQm(queue.configFile, ["status"])));
  const row = inWords(contents);
  return [
    spread([row, GROWTH.pass], "ms", passes),
    spread([row, "look, processor time"], "ms", looks),
    spread([row, "`qm status`"], "ms", commands),
    spread([row, "front page"], "ms", requests),
  ];
}

async function withPage<T>(queue: QueueFolder, use: (page: PageProcess) => Promise<T>): Promise<T> {
  const page = await PageProcess.start(queue.configFile);
  try {
    await page.ask();
    return await use(page);
  } finally {
    await page.stop();
  }
}

async function times<T>(count: number, act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < count; at += 1) results.push(await act());
  return results;
}

async function timeOf(act: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await act();
  return performance.now() - startMs;
}
