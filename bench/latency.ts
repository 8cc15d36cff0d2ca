import { pause } from "../test/support/until.ts";
import { type Cell, figure, median, percentile95, spread } from "./figure.ts";
import { type Contender, contenders, LATENCY } from "./latency-contenders.ts";
import { NOT_INSTALLED } from "./machine.ts";
import { withManager } from "./manager.ts";
import type { Part, Size, Tell } from "./part.ts";
import { nq, taskSpooler } from "./peers.ts";
import { shippedQueue } from "./queues.ts";
import { StartingGun } from "./starting-gun.ts";

const ROUNDS = { full: 30, quick: 2 } as const;
/** Not to meet a queue always at the same moment of its rhythm. */
const MAX_PAUSE_MS = 300;

/** From the delivery of a job into an idle queue until the first act of its script. */
export const latency: Part = {
  name: "latency",
  title: "Start of a job in an idle queue",
  about:
    "From the act that delivers the job (the rename; the start of the command) until the first act of its script: the " +
    "shell's own `echo` into a named pipe, the same for all. The samples are taken by turns. QueueManager's " +
    "configuration is as shipped. For the rename the folder has `QM_READY` in it; the `cp -r` has not, and waits for " +
    "`Settle_Time`, two seconds. `sh -c` without a queue shows what the measuring itself takes.",
  measure: async (size, tell) => {
    const queue = shippedQueue();
    const gun = new StartingGun(queue.base);
    const peers = { taskSpooler: taskSpooler(), nq: nq() };
    try {
      const all = contenders(queue, peers);
      return table(await withManager(queue, "daemon", () => takeTurns(all, gun, size, tell)));
    } finally {
      for (const peer of Object.values(peers)) await peer?.close();
      gun.close();
      await queue.close();
    }
  },
};

type Samples = ReadonlyMap<string, readonly number[]>;

async function takeTurns(
  all: readonly Contender[],
  gun: StartingGun,
  size: Size,
  tell: Tell,
): Promise<Samples> {
  const samples = new Map<string, number[]>(all.map(({ row }) => [row, []]));
  for (let round = 0; round < ROUNDS[size]; round += 1) {
    tell(`round ${round + 1} of ${ROUNDS[size]}`);
    for (let turn = 0; turn < all.length; turn += 1) {
      const contender = all[(round + turn) % all.length];
      if (contender?.take === undefined || round % (contender.roundsASample ?? 1) !== 0) continue;
      await pause(Math.random() * MAX_PAUSE_MS);
      samples.get(contender.row)?.push(await contender.take(gun.load()));
    }
  }
  return samples;
}

function table(samples: Samples): Cell[] {
  const reference = median(samples.get(LATENCY.taskSpooler) ?? []);
  return [...samples].flatMap(([row, values]): Cell[] => {
    if (values.length === 0) return [{ row, column: LATENCY.median, missing: NOT_INSTALLED }];
    const cells = [
      spread([row, LATENCY.median], "ms", values),
      figure([row, "95 of 100"], "ms", percentile95(values)),
    ];
    return Number.isNaN(reference)
      ? cells
      : [...cells, figure([row, LATENCY.ratio], "×", median(values) / reference)];
  });
}
