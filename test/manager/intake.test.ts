import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../src/job/record.ts";
import { jobRecord } from "../support/job-record.ts";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const ECHO = { script: "echo hello" };

describe("a folder that is being copied", () => {
  it("is shown as arriving with what has come so far, and runs once it is whole", async () => {
    const queue = makeQueue({ Settle_Time: 1000 });
    await queue.run();
    const folder = queue.folder("queue", "slow");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "big"), Buffer.alloc(5000));
    const seen = await queue.shows("it arriving", (status) =>
      status.arriving.find(({ bytes }) => bytes === 5000),
    );
    expect(seen).toMatchObject({ name: "slow", files: 1, reason: expect.stringContaining("still arriving") });
    fs.writeFileSync(path.join(folder, "job.sh"), "#!/bin/sh\nls > names\n");
    queue.configure({ Settle_Time: 0.5 });
    expect(await queue.ended("slow")).toMatchObject({ state: "done" });
    expect(queue.read("slow", "names")?.split("\n")).toContain("big");
  });

  it("is admitted at once when it is renamed from a temporary name", async () => {
    const queue = makeQueue({ Settle_Time: 1000 });
    await queue.run();
    const staged = queue.stage(ECHO);
    fs.renameSync(staged, queue.folder("queue", "job.part"));
    fs.writeFileSync(queue.folder("queue", "a file"), "");
    await queue.shows(
      "a scan that has seen the temporary name",
      (status) => status.strays[0]?.name === "a file",
    );
    fs.renameSync(queue.folder("queue", "job.part"), queue.folder("queue", "job"));
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });

  it("goes on arriving while a name in it is one of Unfinished_Names, which a reload changes", async () => {
    const queue = makeQueue({ Settle_Time: 0.2, Unfinished_Names: "*.uploading" });
    await queue.run();
    queue.put("queue", "job", ECHO, { "in/data.uploading": "" });
    queue.put("queue", "whole", ECHO, { "data.other": "" });
    await queue.ended("whole");
    await queue.shows("why it waits", ({ arriving }) =>
      arriving[0]?.reason.includes("as given by Unfinished_Names"),
    );
    queue.configure({ Settle_Time: 0.2, Unfinished_Names: "" });
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });

  it("may be withdrawn before it has arrived, with one line in the history", async () => {
    const queue = makeQueue({ Settle_Time: 1000 });
    await queue.run();
    queue.put("queue", "early", ECHO);
    await queue.shows("it arriving", (status) => status.arriving[0]?.name === "early");
    queue.request("queue", "early", "QM_KILL", "ada");
    expect(await queue.ended("early")).toMatchObject({ state: "killed", killedBy: "ada", attempt: 1 });
    expect(queue.read("early", "QM_status.txt")).toMatch(/^KILLED/);
    expect(queue.stagesOf("early")).toEqual(["finished"]);
    await until("the request's removal", () => queue.read("early", "QM_KILL") === undefined);
    expect(queue.history()).toHaveLength(1);
  });
});

describe("the order in which folders were first seen", () => {
  /** The names of what waits, in order, once there are so many. */
  const waiting = async (queue: InProcessQueue, count: number) =>
    await queue.shows(`${count} that wait`, ({ waiting: jobs }) =>
      jobs.length === count ? jobs.map(({ name }) => name) : undefined,
    );

  it("is that of twelve folders copied together, which are admitted and start by their numbers", async () => {
    const queue = makeQueue({ Settle_Time: 0.5, MaxNbProcessors: 1 });
    const names = Array.from({ length: 12 }, (_, index) => `run-${index + 1}`);
    const source = path.join(queue.base, "source");
    for (const name of names) fs.cpSync(queue.stage(ECHO), path.join(source, name), { recursive: true });
    await queue.run();
    // As a shell's `run-*` has them: run-1, run-10, run-11 …
    const sources = names.toSorted().map((name) => path.join(source, name));
    execFileSync("cp", ["-r", ...sources, queue.layout.queue]);
    await until("the last end", () => queue.history().length === names.length);
    expect(queue.log.of("job admitted").map(({ fields }) => fields["job"])).toEqual(names);
    expect(queue.history().map(({ name }) => name)).toEqual(names);
  });

  it("is kept by one that becomes whole after those that came later, and over a restart", async () => {
    const queue = makeQueue({ Settle_Time: 0.2 });
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    await queue.run();
    const first = queue.folder("queue", "z-first");
    fs.renameSync(queue.stage(ECHO, { "data.part": "" }), first);
    await queue.shows("the first arriving", ({ arriving }) => arriving[0]?.name === "z-first");
    queue.put("queue", "b-second", ECHO);
    expect(await waiting(queue, 1)).toEqual(["b-second"]);
    await queue.stop();
    await queue.run();
    queue.deliver("a-third", ECHO);
    expect(await waiting(queue, 2)).toEqual(["b-second", "a-third"]);
    fs.rmSync(path.join(first, "data.part"));
    expect(await waiting(queue, 3)).toEqual(["z-first", "b-second", "a-third"]);
  });

  it("lets no folder that is far from whole hold up another", async () => {
    const queue = makeQueue({ Settle_Time: 0.2 });
    await queue.run();
    fs.mkdirSync(queue.folder("queue", "a-empty"));
    queue.put("queue", "b-copying", ECHO, { "data.part": "" });
    await queue.shows("both arriving", ({ arriving }) => arriving.length === 2);
    queue.put("queue", "c-whole", ECHO);
    expect(await queue.ended("c-whole")).toMatchObject({ state: "done" });
  });
});

/** Has a manager, which goes on running, refuse a job `wrong`. */
async function refuseOne(queue: InProcessQueue): Promise<JobRecord> {
  await queue.run();
  queue.deliver("wrong", { nb_proc: "many" });
  return await queue.ended("wrong");
}

describe("a folder that is no job", () => {
  it("goes to QM_lost+found with every reason, in its status text and in the history", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("wrong", { nb_proc: "many", priority: "high" });
    const record = await queue.ended("wrong");
    expect(record).toMatchObject({ state: "invalid" });
    expect(record.problems).toHaveLength(3);
    expect(queue.stagesOf("wrong")).toEqual(["lost"]);
    const text = queue.read("wrong", "QM_status.txt") ?? "";
    expect(text).toMatch(/^NOT RUN/);
    for (const key of ["script", "nb_proc", "priority"]) expect(text).toContain(key);
    expect(queue.history()).toEqual([record]);
  });

  it("is the same attempt when it comes back mended, as it never ran", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("mended", { script: "true", nb_proc: "many" });
    expect(await queue.ended("mended")).toMatchObject({ state: "invalid", attempt: 1 });
    await queue.stop();
    fs.writeFileSync(
      path.join(queue.folder("lost", "mended"), "proc_config.cfg"),
      "[QMOptions]\nscript : true\n",
    );
    fs.renameSync(queue.folder("lost", "mended"), queue.folder("queue", "mended"));
    await queue.run();
    expect(await queue.ended("mended")).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.history().map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "invalid"],
      [1, "done"],
    ]);
  });

  it("is refused anew, with a line of its own in the history, when it comes back as it was", async () => {
    const queue = makeQueue();
    await refuseOne(queue);
    // Others that ended before it have their lines behind it, as where no manager ran: more than a manager keeps in mind.
    const longAgo = jobRecord("other", {
      finishedAt: "2020-01-01T00:00:00.000Z",
      description: "x".repeat(1024),
    });
    for (const times of [2, 3]) {
      queue.appendHistory(Array.from({ length: 2000 }, () => longAgo));
      if (times === 3) {
        await queue.stop();
        await queue.run();
      }
      fs.renameSync(queue.folder("lost", "wrong"), queue.folder("queue", "wrong"));
      await until("the next refusal", () => queue.log.of("job ended").length === times);
      const lines = queue.history("wrong");
      expect(lines).toHaveLength(times);
      expect(new Set(lines.map(({ runId }) => runId)).size).toBe(times);
    }
  });

  it("has one line in the history where the manager died before it had moved it away", async () => {
    const queue = makeQueue();
    await refuseOne(queue);
    await queue.stop();
    fs.renameSync(queue.folder("lost", "wrong"), queue.folder("queue", "wrong"));
    await queue.run();
    await until("the second refusal", () => queue.log.of("job ended").length === 2);
    expect(queue.history()).toHaveLength(1);
  });

  it("has one line in the history where it could not be moved away for long, and the manager is started anew", async () => {
    const queue = makeQueue();
    const record = await refuseOne(queue);
    await queue.stop();
    fs.renameSync(queue.folder("lost", "wrong"), queue.folder("queue", "wrong"));
    const others = Array.from({ length: 200 }, (_, index) => ({
      ...record,
      state: "done" as const,
      runId: `r${index}`,
    }));
    queue.appendHistory(others);
    await queue.run();
    await until("it moved", () => queue.stagesOf("wrong")[0] === "lost");
    expect(queue.history().filter(({ runId }) => runId === record.runId)).toHaveLength(1);
    expect(queue.history().filter(({ state }) => state === "invalid")).toHaveLength(1);
  });

  it("has a line of its own each time where copies of it come under other names", async () => {
    const queue = makeQueue();
    await refuseOne(queue);
    await queue.stop();
    fs.rmSync(queue.layout.history);
    const names = ["copy-1", "copy-2"];
    for (const name of names)
      fs.cpSync(queue.folder("lost", "wrong"), queue.folder("queue", name), { recursive: true });
    await queue.run();
    for (const name of names) await queue.ended(name);
    expect(new Set(queue.history().map(({ runId }) => runId)).size).toBe(3);
  });

  it("is left alone and shown when it is a plain file", async () => {
    const queue = makeQueue();
    await queue.run();
    fs.writeFileSync(queue.folder("queue", "job.sh"), "echo");
    const [stray] = await queue.shows("the file", ({ strays }) => strays.length > 0 && strays);
    expect(stray).toMatchObject({ name: "job.sh", reason: expect.stringContaining("put it into one") });
  });
});

describe("a waiting job", () => {
  it("whose info file is edited in place shows what it asks for now, at its old place", async () => {
    const queue = makeQueue();
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    await queue.run();
    for (const name of ["edited", "other"]) {
      queue.deliver(name, ECHO);
      await queue.shows(`${name} waiting`, ({ waiting }) => waiting.at(-1)?.name === name);
    }
    fs.appendFileSync(path.join(queue.folder("queue", "edited"), "proc_config.cfg"), "nb_proc : 2\n");
    const edited = await queue.shows("the new wish", ({ waiting }) =>
      waiting.find(({ processors }) => processors === 2),
    );
    expect(edited).toMatchObject({ name: "edited", rank: 1 });
  });

  it("is withdrawn by QM_KILL, as killed, and never runs", async () => {
    const queue = makeQueue();
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    await queue.run();
    queue.deliver("unwanted", { ...ECHO, e_mail: "ada@lab.org" });
    await queue.shows("it waiting", ({ waiting }) => waiting[0]?.name === "unwanted");
    queue.request("queue", "unwanted", "QM_KILL", "grace");
    const record = await queue.ended("unwanted");
    expect(record).toMatchObject({ state: "killed", killedBy: "grace", owner: "ada@lab.org" });
    expect(record.startedAt).toBeUndefined();
    expect(queue.read("unwanted", "process.log")).toBeUndefined();
    await queue.shows("nothing waiting", ({ waiting }) => waiting.length === 0);
  });

  it("obeys requests in every spelling, and leaves alone what only has nearly their names", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    const pause = path.join(queue.layout.root, "qm_pause.txt");
    fs.writeFileSync(pause, "");
    await queue.run();
    const own = { "qm_kill.pdb": "", QM_TOP: "x".repeat(5000), "qm_hold/data": "" };
    queue.deliver("first", { script: "ls >seen" }, own);
    queue.deliver("held", ECHO, { "Qm_Hold.TXT": "" });
    queue.deliver("last", ECHO);
    queue.deliver("unwanted", ECHO);
    await queue.shows("four that wait", ({ waiting }) => waiting.length === 4);
    queue.request("queue", "last", "qm_top");
    queue.request("queue", "unwanted", "QM_KILL.txt", "ada");
    expect(await queue.ended("unwanted")).toMatchObject({ state: "killed", killedBy: "ada" });
    await queue.shows("the last sent to the top", ({ waiting }) => waiting[0]?.name === "last");
    fs.rmSync(pause);
    for (const name of ["last", "first"]) await queue.ended(name);
    expect(queue.history().map(({ name }) => name)).toEqual(["unwanted", "last", "first"]);
    for (const name of Object.keys(own))
      expect(queue.read("first", "seen")).toContain(path.dirname(`${name}/`));
    await queue.shows("the held one alone", ({ waiting: [one, other] }) => one?.held && other === undefined);
    queue.deliver("long", { script: "sleep 1000" });
    await queue.shows("it running", ({ running }) => running[0]?.state === "running");
    queue.request("running", "long", "qm_kill.TXT", "ada");
    expect(await queue.ended("long")).toMatchObject({ state: "killed", killedBy: "ada" });
    await until("the request's removal", () => queue.read("long", "qm_kill.TXT") === undefined);
  });

  it("tells when it ran before, where it is withdrawn or refused afterwards", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("job", ECHO);
    const { finishedAt } = await queue.ended("job");
    const rested = queue.folder("finished", "job");
    for (const [state, files] of [
      ["killed", ["QM_HOLD", "QM_KILL"]],
      ["invalid", ["proc_config.cfg", "QM_READY"]],
    ] as const) {
      // The request that withdraws a waiting job is taken away once the job rests.
      await until("it at rest", () => fs.existsSync(rested) && !fs.existsSync(path.join(rested, "QM_KILL")));
      for (const file of files) fs.writeFileSync(path.join(rested, file), "");
      fs.renameSync(rested, queue.folder("queue", "job"));
      await until(`the line ${state}`, () => queue.history().at(-1)?.state === state);
      expect(queue.history().at(-1)).toMatchObject({ state, lastRunEndedAt: finishedAt });
    }
  });

  it("stays while QM_HOLD lies in it, and runs once it is gone", async () => {
    const queue = makeQueue();
    await queue.run();
    const staged = queue.stage(ECHO, { QM_READY: "", QM_HOLD: "" });
    fs.renameSync(staged, queue.folder("queue", "held"));
    const held = await queue.shows("it held", ({ waiting }) => waiting.find((job) => job.held));
    expect(held.reason).toContain("held");
    queue.deliver("free", ECHO);
    await queue.ended("free");
    expect(queue.stagesOf("held")).toEqual(["queue"]);
    fs.rmSync(path.join(queue.folder("queue", "held"), "QM_HOLD"));
    expect(await queue.ended("held")).toMatchObject({ state: "done" });
  });

  it("goes before all others with QM_TOP, which is taken away", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    const pause = path.join(queue.layout.root, "QM_PAUSE");
    fs.writeFileSync(pause, "");
    await queue.run();
    const order = () => queue.status()?.waiting.map(({ name }) => name);
    for (const name of ["a", "b", "c"]) {
      queue.deliver(name, { script: 'echo "$QM_JOB_NAME" >> "$QM_FOLDER/order"' });
      await until(`${name} waiting`, () => order()?.at(-1) === name);
    }
    expect((await queue.shows("a reason", ({ closed }) => closed)).toLowerCase()).toContain("paused");
    queue.request("queue", "c", "QM_TOP");
    await until("the new order", () => order()?.join() === "c,a,b");
    expect(queue.read("c", "QM_TOP")).toBeUndefined();
    fs.rmSync(pause);
    for (const name of ["a", "b", "c"]) await queue.ended(name);
    expect(fs.readFileSync(path.join(queue.layout.root, "order"), "utf8")).toBe("c\na\nb\n");
  });

  it("does not start while the disk is too full, and the status says so", async () => {
    const queue = makeQueue({ Min_Free_Disk: "1000000 GB" });
    await queue.run();
    queue.deliver("thrifty", ECHO);
    const { closed, waiting } = await queue.shows(
      "it waiting",
      (status) => status.waiting.length === 1 && status,
    );
    expect(closed).toMatch(/free/);
    expect(waiting[0]?.reason).toMatch(/free/);
    queue.configure({ Min_Free_Disk: "0 B" });
    expect(await queue.ended("thrifty")).toMatchObject({ state: "done" });
  });

  it("keeps its place over a restart", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    await queue.run();
    const order = () => queue.status()?.waiting.map(({ name }) => name);
    for (const name of ["z", "m", "a"]) {
      queue.deliver(name, ECHO);
      await until(`${name} waiting`, () => order()?.at(-1) === name);
    }
    await queue.stop();
    fs.rmSync(queue.layout.status);
    await queue.run();
    const all = await until("all three", () => order()?.length === 3 && order());
    expect(all).toEqual(["z", "m", "a"]);
  });

  it("starts nothing after a restart before all that waited has been looked at", async () => {
    const queue = makeQueue({ MaxNbProcessors: 3 });
    const pause = path.join(queue.layout.root, "QM_PAUSE");
    fs.writeFileSync(pause, "");
    await queue.run();
    const names = Array.from({ length: 200 }, (_, index) => `job-${index + 1}`);
    for (const name of names) queue.deliver(name, { script: "sleep 1000" });
    await queue.shows("all waiting", ({ waiting }) => waiting.length === names.length);
    await queue.stop();
    fs.rmSync(pause);
    await queue.run();
    const running = await queue.shows(
      "three running",
      (status) => status.running.length === 3 && status.running,
    );
    expect(running.map(({ name }) => name).toSorted()).toEqual(["job-1", "job-2", "job-3"]);
  });
});
