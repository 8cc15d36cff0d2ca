import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { hiddenChildName, sweepHiddenChildren } from "../../src/queue/submit/copy-child.ts";
import { until } from "../support/until.ts";
import { mailingQueue, mailServer } from "./mail-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const WAITS = "while [ ! -e go ]; do sleep 0.05; done";

function readyAgain(queue: InProcessQueue, name: string): void {
  const folder = queue.folder("finished", name);
  fs.writeFileSync(path.join(folder, "QM_READY"), "");
  fs.renameSync(folder, queue.folder("queue", name));
}

describe("a job that runs on all workers, of which there is one", () => {
  it("runs as a child with a copy of its own, and ends with that", async () => {
    const queue = makeQueue({ Worker: "lab1" });
    await queue.run();
    const script = `cat data.txt; ${WAITS}; echo made >out.txt; exit 3`;
    queue.deliver("all", { script, run_on_all: "True", nb_proc: 1 }, { "data.txt": "ours\n" });
    await queue.shows("both", ({ running }) => running.length === 2);
    const { running, processors } = queue.status() ?? { running: [], processors: undefined };
    expect(running.find(({ name }) => name === "all")).toMatchObject({
      processors: 0,
      note: "on 1 worker: 0 of 1 ended",
      children: ["all.lab1"],
    });
    expect(processors?.busy).toBe(1);
    fs.writeFileSync(path.join(queue.folder("running", "all.lab1"), "go"), "");
    const child = await queue.ended("all.lab1");
    expect(child).toMatchObject({ state: "failed", exitCode: 3, workers: ["lab1"] });
    expect(child.childOf).toMatchObject({ name: "all", worker: "lab1" });
    const all = await queue.ended("all");
    expect(all).toMatchObject({ state: "failed", exitCode: 3, processors: 0, runOnAll: true });
    expect(all.reason).toMatch(/^done on 0 of 1 worker; all\.lab1: failed, /);
    expect(queue.stagesOf("all")).toEqual(["finished"]);
    expect(fs.existsSync(path.join(queue.folder("finished", "all"), "out.txt"))).toBe(false);
    expect(fs.readFileSync(path.join(queue.folder("finished", "all.lab1"), "out.txt"), "utf8")).toBe(
      "made\n",
    );
    await until("no attempts", () => queue.attempts().length === 0);
    expect(queue.history("all")).toHaveLength(1);
    expect(queue.history("all.lab1")).toHaveLength(1);
  });

  it("runs all anew when it is put back, its children under free names", async () => {
    const queue = makeQueue({ Worker: "lab1" });
    await queue.run();
    queue.deliver("all", { script: "true", run_on_all: "yes" });
    expect(await queue.ended("all")).toMatchObject({ state: "done", reason: "done on 1 worker" });
    readyAgain(queue, "all");
    expect(await queue.ended("all.lab1-2")).toMatchObject({ state: "done" });
    await until(
      "its second end",
      () => queue.record("all")?.attempt === 2 && queue.stagesOf("all")[0] === "finished",
    );
    expect(queue.record("all")).toMatchObject({ state: "done", attempt: 2 });
    readyAgain(queue, "all.lab1");
    await until("the child's second end", () => queue.stagesOf("all.lab1")[0] === "finished");
    expect(queue.history("all.lab1")).toHaveLength(2);
    expect(queue.history("all")).toHaveLength(2);
  });

  it("leaves no copies behind that no record tells of any more", async () => {
    const queue = makeQueue({ Worker: "lab1" });
    const [left, known] = ["gone-run", "known-run"].map((runId) => {
      const folder = queue.folder("queue", hiddenChildName(runId, 0, "other"));
      fs.mkdirSync(folder, { recursive: true });
      return folder;
    });
    const { layout } = queue;
    await sweepHiddenChildren(layout, ["known-run"]);
    expect([left, known].map((folder) => fs.existsSync(folder ?? ""))).toEqual([false, true]);
    await queue.run();
    await until("the sweep of a manager that starts", () => !fs.existsSync(known ?? ""));
  });

  it("is killed with its child, which waits or runs", async () => {
    const queue = makeQueue({ Worker: "lab1", MaxNbProcessors: 1 });
    await queue.run();
    queue.deliver("first", { script: WAITS, run_on_all: "True" });
    await queue.wrote("first.lab1", "process.log");
    queue.deliver("second", { script: "true", run_on_all: "True" });
    await until("its child waits", () => queue.stagesOf("second.lab1")[0] === "queue");
    for (const name of ["second", "first"]) queue.request("running", name, "QM_KILL", "ann");
    for (const name of ["first", "first.lab1", "second", "second.lab1"])
      expect(await queue.ended(name), name).toMatchObject({ state: "killed", killedBy: "ann" });
    for (const name of ["first", "first.lab1"]) expect(queue.read(name, "QM_KILL")).toBeUndefined();
  });

  it("counts a child whose folder somebody deletes as lost", async () => {
    const queue = makeQueue({ Worker: "lab1", MaxNbProcessors: 1 });
    await queue.run();
    queue.deliver("busy", { script: WAITS });
    await queue.started("busy");
    queue.deliver("all", { script: "true", run_on_all: "True" });
    await until("its child waits", () => queue.status()?.waiting.some(({ name }) => name === "all.lab1"));
    fs.rmSync(queue.folder("queue", "all.lab1"), { recursive: true });
    const all = await queue.ended("all");
    expect(all).toMatchObject({ state: "lost" });
    expect(queue.stagesOf("all")).toEqual(["finished"]);
  });

  it("waits with the reason where no worker fits", async () => {
    const queue = makeQueue({ Worker: "lab1" });
    await queue.run();
    queue.deliver("all", { script: "true", run_on_all: "True", pool: "night" });
    await queue.shows(
      "the reason",
      ({ waiting }) => waiting[0]?.reason === "no worker has pool night: lab1 has none",
    );
    queue.deliver("odd", { script: "true", run_on_all: "perhaps" });
    expect((await queue.ended("odd")).problems?.[0]).toMatch(/run_on_all.*should be True or False/);
  });

  it("goes on over a restart of the manager, whatever was done meanwhile", async () => {
    const queue = makeQueue({ Worker: "lab1" });
    await queue.run();
    queue.deliver("all", { script: `${WAITS}; exit 4`, run_on_all: "True" });
    await queue.wrote("all.lab1", "process.log");
    await queue.stop();
    fs.writeFileSync(path.join(queue.folder("running", "all.lab1"), "go"), "");
    await queue.run();
    expect(await queue.ended("all")).toMatchObject({ state: "failed", exitCode: 4 });
    expect(queue.history("all.lab1")).toHaveLength(1);
  });

  it("sends one letter", async () => {
    const server = await mailServer();
    const queue = mailingQueue(server, {}, { Worker: "lab1" });
    await queue.run();
    queue.deliver("all", { script: "exit 3", run_on_all: "True", e_mail: "ada@lab.org", mail_on: "all" });
    await queue.ended("all");
    const [letter] = await server.took(1);
    expect(letter?.parsed.subject).toMatch(/FAILED all: /);
    readyAgain(queue, "all.lab1");
    await until("the child's second end", () => queue.history("all.lab1").length === 2);
    const [, own] = await server.took(2);
    expect(own?.parsed.subject).toMatch(/FAILED all\.lab1 after /);
  });
});
