import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sample } from "../support/chance.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import { WorkerProcess } from "../support/worker-process.ts";

const LABS = ["lab1", "lab2", "lab3"];
const CHILDREN = LABS.map((lab) => `all.${lab}`);

let queue: TestQueue;
let workers: WorkerProcess[];

beforeEach(async () => {
  queue = new TestQueue({ MaxNbProcessors: 1, Worker: "lab1" });
  workers = ["lab2", "lab3"].map((name) => new WorkerProcess(queue, name));
});

afterEach(async () => {
  for (const worker of workers) if (worker.ended === undefined) await worker.end();
  await queue.close();
});

async function begin(): Promise<void> {
  await queue.start();
  await Promise.all(workers.map((worker) => worker.start("--processors", "1")));
  await until("the workers to be open", () => {
    const open = (queue.status()?.workers ?? []).filter(({ state }) => state === "open");
    return open.length === LABS.length;
  });
}

/** Beside the queue, so that each run is seen that there was. */
function ledger(): string[] {
  const file = path.join(queue.base, "ledger");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n").toSorted() : [];
}

function script(after = "true"): string {
  return `cat data-7.txt; echo "$QM_JOB_NAME $QM_WORKER" >>'${path.join(queue.base, "ledger")}'; ${after}`;
}

const FILES = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`data-${at}.txt`, `ours ${at}\n`]));

async function expectOnceEach(): Promise<void> {
  await queue.ended("all");
  await until("no attempts", () => queue.attempts().filter((name) => /\.\d+$/.test(name)).length === 0);
  expect(ledger()).toEqual(LABS.map((lab) => `all.${lab} ${lab}`));
  for (const name of ["all", ...CHILDREN]) {
    expect(queue.stagesOf(name), name).toEqual(["finished"]);
    expect(queue.history(name), name).toHaveLength(1);
  }
  expect(fs.readdirSync(queue.layout.queue).filter((name) => name.startsWith(".qm-child"))).toEqual([]);
}

describe("a job that runs on all workers", () => {
  it("runs once on each, with a copy of its own, and ends with the worst of them", async () => {
    await begin();
    queue.deliver("all", { script: script("[ $QM_WORKER != lab3 ] || exit 5"), run_on_all: "True" }, FILES);
    await expectOnceEach();
    const all = queue.record("all");
    expect(all).toMatchObject({ state: "failed", exitCode: 5 });
    expect(all?.reason).toMatch(/^done on 2 of 3 workers; all\.lab3: failed, /);
    expect(queue.record("all.lab2")).toMatchObject({ state: "done", worker: "lab2" });
    expect(queue.read("all.lab2", "process.log")).toContain("ours 7");
  });

  it("is killed on all", async () => {
    await begin();
    queue.deliver("all", { script: script("sleep 60"), run_on_all: "True" });
    await until("it everywhere", () => ledger().length === LABS.length);
    expect(queue.status()?.running.find(({ name }) => name === "all")?.note).toBe(
      "on 3 workers: 0 of 3 ended",
    );
    queue.request("running", "all", "QM_KILL", "ann");
    expect(await queue.ended("all")).toMatchObject({ state: "killed", killedBy: "ann" });
    for (const name of CHILDREN) expect(queue.record(name)).toMatchObject({ state: "killed" });
  });

  const lies = (find: (names: readonly string[]) => boolean) => () =>
    find(fs.readdirSync(queue.layout.queue));

  const points: readonly (readonly [string, () => boolean])[] = [
    ["its claim", () => queue.stagesOf("all")[0] === "running"],
    ["the first copy has begun", lies((names) => names.some((name) => name.startsWith(".qm-child")))],
    ["the first child is there", () => queue.stagesOf("all.lab1").length > 0],
    ["the second child is there", () => queue.stagesOf("all.lab2").length > 0],
    ["the last child is there", () => queue.stagesOf("all.lab3").length > 0],
    ["the first child has ended", () => queue.stagesOf("all.lab1")[0] === "finished"],
    ["it has ended", () => queue.stagesOf("all")[0] === "finished"],
  ];

  it.each(sample(points))("runs once on each though its manager is killed once %s", async (_when, has) => {
    await begin();
    queue.deliver("all", { script: script(), run_on_all: "True" }, FILES);
    await until("the moment", has, { pollMs: 1 });
    await queue.manager.kill();
    await queue.start();
    await expectOnceEach();
  });

  it("runs once on each though its manager is killed again and again", async () => {
    await begin();
    queue.deliver("all", { script: script("sleep 0.2"), run_on_all: "True" }, FILES);
    for (let kill = 0; kill < 8 && queue.stagesOf("all")[0] !== "finished"; kill += 1) {
      await sleep(60 + 130 * kill);
      await queue.manager.kill();
      await queue.start();
    }
    await expectOnceEach();
  });
});
