import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { History } from "../../src/queue/books/history.ts";
import { JOB_FILES } from "../../src/queue/layout.ts";
import { until } from "../support/until.ts";
import { ranJob } from "./attempt-fixture.ts";
import { mailingQueue, mailServer } from "./mail-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

afterEach(() => vi.restoreAllMocks());

/** Runs one manager until nothing is left to be accounted for. */
async function recover(queue: InProcessQueue): Promise<void> {
  await queue.run();
  await until("the attempts to be accounted for", () => queue.attempts().length === 0).catch(
    (error: Error) => {
      throw new Error(`${error.message}\n${queue.tale()}`);
    },
  );
  await queue.stop();
}

function endLines(queue: InProcessQueue, name: string): string[] {
  const log = queue.read(name, JOB_FILES.log) ?? "";
  return log.split("\n").filter((line) => line.startsWith("[QM] ended"));
}

/** The remains of an end, taken from a queue where nothing crashed, to be laid into the folder of another. */
async function accountedFor(exit?: number) {
  const queue = makeQueue();
  const { launch } = await ranJob(queue, "job", exit);
  await recover(queue);
  const [stage = "queue"] = queue.stagesOf("job");
  const read = (file: string) => fs.readFileSync(path.join(queue.folder(stage, "job"), file), "utf8");
  return {
    lastLine: `${endLines(queue, "job")[0]}\n`,
    record: read(JOB_FILES.record),
    text: read(JOB_FILES.statusText),
    history: fs.readFileSync(queue.layout.history, "utf8"),
    runId: launch.runId,
  };
}

type Left = Awaited<ReturnType<typeof accountedFor>>;
type Crashed = Awaited<ReturnType<typeof ranJob>>;

/** The steps of an end, each repeating what the manager does before it might die. */
const STEPS: Readonly<Record<string, (job: Crashed, left: Left, queue: InProcessQueue) => void>> = {
  "the last line of the log": ({ folder, attemptFolder }, { lastLine }) => {
    const exit = path.join(attemptFolder, "exit");
    // The line tells the time of the exit record; without one, that of the manager which died.
    const line = fs.existsSync(exit) ? lastLine : lastLine.replace(/ended \d{4}/, "ended 2020");
    fs.appendFileSync(path.join(folder, JOB_FILES.log), line);
    if (!fs.existsSync(exit)) return;
    const at = new Date(/ended (\S+ \S+)/.exec(lastLine)?.[1] ?? "");
    for (const file of [exit, path.join(attemptFolder, "start")]) fs.utimesSync(file, at, at);
  },
  "the record": ({ folder, launch }, { record, runId }) => {
    fs.mkdirSync(path.join(folder, JOB_FILES.recordFolder), { recursive: true });
    fs.writeFileSync(path.join(folder, JOB_FILES.record), record.replaceAll(runId, launch.runId));
  },
  "the status text": ({ folder }, { text }) => {
    fs.writeFileSync(path.join(folder, JOB_FILES.statusText), text);
  },
  "the history line": ({ launch }, { history, runId }, queue) => {
    fs.writeFileSync(queue.layout.history, history.replaceAll(runId, launch.runId));
  },
  "the rename": ({ folder }, _left, queue) => {
    fs.renameSync(folder, queue.folder("finished", "job"));
  },
};

describe("a manager that died while it accounted for a job", () => {
  const names = Object.keys(STEPS);
  it.each([["the exit record", 0], ...names.map((name, index) => [name, index + 1] as const)] as const)(
    "is made up for when it died after %s",
    async (_name, count) => {
      const left = await accountedFor(0);
      const queue = makeQueue();
      const job = await ranJob(queue, "job", 0);
      for (const step of Object.values(STEPS).slice(0, count)) step(job, left, queue);
      await recover(queue);
      expect(queue.stagesOf("job")).toEqual(["finished"]);
      expect(queue.record("job")).toMatchObject({ state: "done", exitCode: 0, runId: job.launch.runId });
      expect(queue.history().map(({ runId, state }) => [runId, state])).toEqual([[job.launch.runId, "done"]]);
      expect(endLines(queue, "job")).toHaveLength(1);
      expect(queue.read("job", "QM_status.txt")).toMatch(/^DONE/);
      expect(queue.read("job", "out.txt")).toBe("result\n");
    },
  );

  it.each([["nothing", 0], ...names.slice(0, 4).map((name, index) => [name, index + 1] as const)] as const)(
    "is made up for when the run was lost and it died after %s",
    async (_name, count) => {
      const left = await accountedFor();
      const queue = makeQueue();
      const job = await ranJob(queue, "job");
      for (const step of Object.values(STEPS).slice(0, count)) step(job, left, queue);
      await recover(queue);
      expect(queue.stagesOf("job")).toEqual(["lost"]);
      expect(queue.history().map(({ runId, state }) => [runId, state])).toEqual([[job.launch.runId, "lost"]]);
      expect(endLines(queue, "job")).toHaveLength(1);
    },
  );

  /** A lost run whose manager falls right after its letter was written, when somebody asks for its end. */
  async function lostThenKilled(onLost: string) {
    const server = await mailServer();
    const queue = mailingQueue(server, { Mail_Admin: "root@lab.org" }, { On_Lost: onLost });
    const job = await ranJob(queue, "job");
    vi.spyOn(History.prototype, "add").mockImplementationOnce(() => {
      fs.writeFileSync(path.join(job.folder, "QM_KILL"), "ann\n");
      throw new Error("the manager falls");
    });
    await recover(queue);
    return { queue, server };
  }

  it("as lost keeps that end, whatever is asked for after its letter was written", async () => {
    const { queue, server } = await lostThenKilled("keep");
    expect(queue.stagesOf("job")).toEqual(["lost"]);
    expect(queue.history().map(({ state }) => state)).toEqual(["lost"]);
    expect(queue.record("job")).toMatchObject({ state: "lost" });
    expect(endLines(queue, "job")).toEqual([expect.stringContaining(": lost, ")]);
    expect(queue.read("job", "QM_KILL")).toBeUndefined();
    await queue.run();
    // If it was sent before the manager fell, it is sent again, as the same one.
    const letters = new Map((await server.took(1)).map(({ parsed }) => [parsed.messageId, parsed.subject]));
    expect([...letters.values()]).toEqual([expect.stringContaining("LOST")]);
  });

  it("as lost goes back to the queue, where the request that came meanwhile withdraws it", async () => {
    const { queue } = await lostThenKilled("requeue");
    await queue.run();
    expect(await queue.ended("job")).toMatchObject({ state: "killed", reason: "killed by ann" });
    expect(queue.history().map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "lost"],
      [2, "killed"],
    ]);
  });

  it("is made up for when the requeued job has gone back already", async () => {
    const left = await accountedFor();
    const queue = makeQueue({ On_Lost: "requeue" });
    const job = await ranJob(queue, "job");
    for (const step of Object.values(STEPS).slice(0, 4)) step(job, left, queue);
    fs.renameSync(job.folder, queue.folder("queue", "job"));
    await queue.run();
    expect(await queue.ended("job")).toMatchObject({ state: "done", attempt: 2 });
    expect(queue.history().map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "lost"],
      [2, "done"],
    ]);
  });
});

describe("the end of a run that nobody saw", () => {
  it("is told by the clock that dates the files in its folder", async () => {
    const queue = makeQueue();
    await ranJob(queue, "job");
    const trueMs = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => trueMs + 3_600_000);
    await recover(queue);
    expect(Date.parse(queue.record("job")?.finishedAt ?? "")).toBeLessThan(trueMs + 1_800_000);
  });
});

describe("a manager that died between the last rename of a withdrawn job and the removal of its request", () => {
  it("leaves no request behind that would withdraw the job again when it is redone, of none of those it moved at a time", async () => {
    const queue = makeQueue({ Settle_Time: 1000 });
    await queue.run();
    const names = ["one", "two", "three"];
    for (const name of names) queue.put("queue", name, { script: "true" });
    await queue.shows("them arriving", ({ arriving }) => arriving.length === names.length);
    for (const name of names) queue.request("queue", name, "QM_KILL", "ada");
    for (const name of names) await queue.ended(name);
    await queue.stop();
    for (const name of names) queue.request("finished", name, "QM_KILL", "ada");
    queue.configure({});
    await queue.run();
    for (const name of names) {
      expect(queue.read(name, "QM_KILL")).toBeUndefined();
      fs.renameSync(queue.folder("finished", name), queue.folder("queue", name));
      await until("its end", () => queue.record(name)?.state === "done");
    }
  });

  it("starts all the same where the request cannot be removed, and tells of it", async () => {
    const queue = makeQueue({ Settle_Time: 1000 });
    await queue.run();
    queue.put("queue", "job", { script: "true" });
    await queue.shows("it arriving", ({ arriving }) => arriving[0]?.name === "job");
    queue.request("queue", "job", "QM_KILL", "ada");
    await queue.ended("job");
    await queue.stop();
    queue.request("finished", "job", "QM_KILL", "ada");
    vi.spyOn(fs, "unlinkSync").mockImplementation(() => {
      throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    });
    queue.context();
    vi.restoreAllMocks();
    expect(queue.log.told.filter(({ message }) => message.startsWith("take QM_KILL out"))).toHaveLength(1);
  });

  it("leaves alone what lies in other finished folders", async () => {
    const queue = makeQueue();
    await queue.run();
    for (const name of ["a", "b"]) {
      queue.deliver(name, { script: "true" });
      await queue.ended(name);
    }
    await queue.stop();
    queue.request("finished", "a", "QM_KILL", "ada");
    await queue.run();
    expect(queue.read("a", "QM_KILL")).toBe("ada\n");
  });
});

describe("a queue whose records were deleted", () => {
  it("has its history again, from what lies in the folders", async () => {
    const queue = makeQueue();
    await queue.run();
    for (const [name, script] of Object.entries({ z: "true", m: "exit 3", a: "true" })) {
      queue.deliver(name, { script });
      await queue.ended(name);
    }
    queue.deliver("wrong", { nb_proc: "many" });
    await queue.ended("wrong");
    await queue.stop();
    const before = queue.history();
    fs.rmSync(queue.layout.state, { recursive: true });
    await queue.run();
    expect(queue.history()).toEqual(before);
    expect(queue.log.of("history rebuilt from the job folders")[0]?.fields).toEqual({ attempts: 4 });
  });
});

describe("what an earlier manager left", () => {
  it("is adopted: a running job goes on and ends with its code, times and log", async () => {
    const queue = makeQueue();
    await queue.run();
    const script =
      'echo before; echo up > up; while [ ! -e "$QM_FOLDER/go" ]; do sleep 0.05; done; echo after; exit 7';
    queue.deliver("lasting", { script });
    await queue.wrote("lasting", "up");
    await queue.stop("leave");
    expect(queue.log.of("manager stopped")[0]?.fields).toEqual({ running: 1 });
    expect(queue.processes().length).toBeGreaterThan(0);
    await queue.run();
    fs.writeFileSync(path.join(queue.layout.root, "go"), "");
    expect(await queue.ended("lasting")).toMatchObject({ state: "failed", exitCode: 7, attempt: 1 });
    expect(queue.read("lasting", "process.log")).toMatch(/started .*\nbefore\nafter\n\[QM\] ended /);
    expect(queue.history()).toHaveLength(1);
  });

  it("is finished when the job ended while no manager ran", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("alone", { script: "echo up > up; sleep 0.3; exit 5" });
    await queue.wrote("alone", "up");
    await queue.stop("leave");
    await until("the job's end", () => queue.processes().length === 0);
    expect(queue.stagesOf("alone")).toEqual(["running"]);
    await queue.run();
    expect(await queue.ended("alone")).toMatchObject({ state: "failed", exitCode: 5 });
  });

  it("is killed when the request came while no manager ran", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("doomed", { script: "echo up > up; sleep 1000" });
    await queue.wrote("doomed", "up");
    await queue.stop("leave");
    queue.request("running", "doomed", "QM_KILL", "ada");
    await queue.run();
    expect(await queue.ended("doomed")).toMatchObject({ state: "killed", killedBy: "ada" });
  });

  it("goes on being ended when the decision was on disk", async () => {
    const queue = makeQueue({ Kill_Grace: 1000 });
    await queue.run();
    queue.deliver("ending", { script: "trap : TERM; echo up > up; while :; do sleep 0.1; done" });
    await queue.wrote("ending", "up");
    queue.request("running", "ending", "QM_KILL", "ada");
    await queue.shows("it ending", ({ running }) => running[0]?.state === "ending");
    await queue.stop("leave");
    queue.configure({ Kill_Grace: 0 });
    await queue.run();
    expect(await queue.ended("ending")).toMatchObject({
      state: "killed",
      killedBy: "ada",
      signal: "SIGKILL",
    });
  });

  it("is lost when it ran before the machine was started", async () => {
    const queue = makeQueue();
    const { attemptFolder } = await ranJob(queue, "old");
    const start = path.join(attemptFolder, "start");
    fs.writeFileSync(start, "00000000-0000-4000-8000-000000000000 1 1 end\n");
    await queue.run();
    expect(await queue.ended("old")).toMatchObject({ state: "lost" });
    expect(queue.stagesOf("old")).toEqual(["lost"]);
  });
});

it("accounts for a run whose job has a name that an earlier version took for a job's", async () => {
  const queue = makeQueue();
  await ranJob(queue, "Recycler", 0);
  await recover(queue);
  expect(queue.history("Recycler")).toMatchObject([{ state: "done" }]);
  expect(queue.stagesOf("Recycler")).toEqual(["finished"]);
});
