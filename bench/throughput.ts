import type { Part, Size, Tell } from "./part.ts";
import { run } from "./program.ts";
import { type Contender, contenders } from "./throughput-contenders.ts";
import { type Result, throughputCells } from "./throughput-table.ts";

/** Number of jobs in each round; the large one is in the middle of the small ones it is compared with. */
const ROUNDS = { full: [300, 300, 300, 10_000, 300, 300], quick: [10, 30, 10] } as const;
const CAP_SECONDS = 120;

/** Jobs a second on two processors, from the first submit to the end of the last job. */
export const throughput: Part = {
  name: "throughput",
  title: "Jobs a second on two processors",
  about:
    "Jobs of `true`, from the first submit until the last has ended; for QueueManager until it lies in `QM_dJobs`. Its " +
    "jobs are folders prepared before, delivered one rename each; those of task-spooler and nq are submitted by a " +
    "loop of the shell, which starts a program for each. task-spooler has two slots, GNU parallel `-j 2`. nq has " +
    "none: two queues with half of the jobs each. Node alone starts `sh -c true`, two at a time, and keeps no record " +
    `of anything. Everybody by turns; who is not done after ${CAP_SECONDS} seconds is stopped, and what is done counts.`,
  measure: async (size, tell) => {
    const all = contenders();
    const [few, many] = [Math.min(...ROUNDS[size]), Math.max(...ROUNDS[size])];
    return throughputCells(all, await takeTurns(all, size, tell), [few, many]);
  },
};

async function takeTurns(all: readonly Contender[], size: Size, tell: Tell): Promise<Result[]> {
  const results: Result[] = [];
  for (const [round, jobs] of ROUNDS[size].entries()) {
    for (let turn = 0; turn < all.length; turn += 1) {
      const contender = all[(round + turn) % all.length];
      if (contender?.drain === undefined || isTooMany(contender, jobs, size)) continue;
      tell(`round ${round + 1} of ${ROUNDS[size].length}: ${jobs} jobs, ${contender.row}`);
      // Writes of one contender must not be paid for by the next.
      await run(["sync"]);
      results.push({ row: contender.row, jobs, drained: await contender.drain(jobs, CAP_SECONDS) });
    }
  }
  return results;
}

function isTooMany({ whyNotMany }: Contender, jobs: number, size: Size): boolean {
  return whyNotMany !== undefined && jobs > Math.min(...ROUNDS[size]);
}
