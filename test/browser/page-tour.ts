import fs from "node:fs";
import path from "node:path";
import { until } from "../support/until.ts";
import type { WatchedQueue } from "./watched-queue.ts";

const PICTURE = path.join(import.meta.dirname, "../../views/static/icon.png");

/** As long as a name can be, without a place to break it. */
export const LONG_NAME = "n".repeat(255);

/** Brings a queue into a state in which every page has something to show: run it on an empty queue. */
export async function makeBusy({ queue }: WatchedQueue): Promise<void> {
  const files = {
    "result.txt": "a result\n",
    "sub/table.csv": `${"column,".repeat(100)}\n`,
  };
  queue.deliver("good", { script: "echo fine", info: "a description of what it does" }, files);
  queue.deliver(LONG_NAME, { script: "printf '\\033[31;43mcolours\\033[0m\\n'; exit 3", info: LONG_NAME });
  for (const name of ["good", LONG_NAME]) await queue.ended(name);
  fs.copyFileSync(PICTURE, path.join(queue.folder("finished", "good"), "picture.png"));
  queue.deliver("runner", { script: "echo ' 3 / 10'; echo >up; sleep 1000", time_limit: 3 });
  await queue.wrote("runner", "up");
  queue.deliver("waiter", { script: "true", nb_proc: 1, info: "waits for the runner" });
  queue.deliver(`w${LONG_NAME.slice(1)}`, { script: "true" });
  fs.writeFileSync(path.join(queue.layout.queue, `stray-${"s".repeat(200)}`), "no folder");
  await until("the line", () => queue.status()?.waiting.length === 2);
  await until("the stray", () => queue.status()?.strays.length === 1);
}

/** Addresses of every kind of page, in the queue that `makeBusy` made. */
export const PAGES: readonly string[] = [
  "/",
  "/?q=nothing-fits",
  "/?outcome=trouble",
  "/jobs/good",
  "/jobs/runner",
  "/jobs/waiter",
  `/jobs/${LONG_NAME}`,
  "/jobs/nobody",
  "/view/QM_dJobs/good/",
  `/view/QM_dJobs/${LONG_NAME}/`,
  "/view/QM_dJobs/good/result.txt",
  "/view/QM_dJobs/good/sub/table.csv",
  "/view/QM_dJobs/good/picture.png",
  `/view/QM_dJobs/${LONG_NAME}/process.log`,
  "/view/QM_dJobs/good/absent",
  "/stats",
  "/kill/runner",
  "/kill/waiter",
  `/delete/QM_dJobs/${LONG_NAME}`,
  "/no/such/page",
];
