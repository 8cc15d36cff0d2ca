import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { TestQueue } from "./test-queue.ts";
import { until } from "./until.ts";
import { WorkerProcess } from "./worker-process.ts";

const LABS = ["lab1", "lab2", "lab3"];

/** A job `all` that runs on the manager's machine, lab1, and on two other workers. */
export class SpreadJob {
  readonly queue = new TestQueue({ MaxNbProcessors: 1, Worker: "lab1" });
  /** The names of the jobs in its place. */
  readonly children = LABS.map((lab) => `all.${lab}`);
  readonly #workers = LABS.slice(1).map((name) => new WorkerProcess(this.queue, name));

  async close(): Promise<void> {
    for (const worker of this.#workers) if (worker.ended === undefined) await worker.end();
    await this.queue.close();
  }

  /** Starts the manager and the workers, and waits until jobs may start on all of them. */
  async begin(): Promise<void> {
    await this.queue.start();
    await Promise.all(this.#workers.map((worker) => worker.start("--processors", "1")));
    await until("the workers to be open", () => {
      const open = (this.queue.status()?.workers ?? []).filter(({ state }) => state === "open");
      return open.length === LABS.length;
    });
  }

  /** @param after its last command */
  deliver(after = "true"): void {
    const script = `cat data-7.txt; echo "$QM_JOB_NAME $QM_WORKER" >>'${this.#ledgerFile}'; ${after}`;
    const files = Array.from({ length: 60 }, (_, at) => [`data-${at}.txt`, `ours ${at}\n`]);
    this.queue.deliver("all", { script, run_on_all: "True" }, Object.fromEntries(files));
  }

  /** Each run that there was, as its job and worker. */
  ledger(): string[] {
    const file = this.#ledgerFile;
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n").toSorted() : [];
  }

  /** Waits for its end, and expects that it has run once on each worker. */
  async expectOnceEach(): Promise<void> {
    const { queue } = this;
    await queue.ended("all");
    await until("no attempts", () => queue.attempts().filter((name) => /\.\d+$/.test(name)).length === 0);
    expect(this.ledger()).toEqual(LABS.map((lab) => `all.${lab} ${lab}`));
    for (const name of ["all", ...this.children]) {
      expect(queue.stagesOf(name), name).toEqual(["finished"]);
      expect(queue.history(name), name).toHaveLength(1);
    }
    expect(fs.readdirSync(queue.layout.queue).filter((name) => name.startsWith(".qm-child"))).toEqual([]);
  }

  // Beside the queue, so that nothing the manager does touches it.
  get #ledgerFile(): string {
    return path.join(this.queue.base, "ledger");
  }
}
