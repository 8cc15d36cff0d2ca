import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Queue } from "../../src/library/index.ts";
import { fill, scratchFolder } from "../support/scratch.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

let test: TestQueue;
let queue: Queue;

beforeEach(async () => {
  test = new TestQueue({ MaxNbProcessors: 2 });
  await test.start();
  queue = Queue.open(test.layout.root);
});

afterEach(async () => await test.close());

async function textOf(log: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of log) text += piece;
  return own(text);
}

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), "utf8");
}

/** The lines of a log that are the job's. */
function own(text: string): string {
  return text.replaceAll(/^\[QM\].*\n/gm, "");
}

describe("a queue for programs", () => {
  it("runs a command with files beside it, and tells its number, its log and its end", async () => {
    const files = { "data/in.txt": "7 apples\n", "run.sh": "#!/bin/sh\ncat data/in.txt\nexit 3\n" };
    const job = await queue.submit({ command: "./run.sh", files }, { name: "apples", nb_proc: 2, info: "x" });
    expect(job).toEqual({ name: "apples", number: 1, warnings: [] });
    expect(await textOf(queue.follow(job))).toBe("7 apples\n");
    expect(await queue.wait(job)).toMatchObject({ state: "failed", record: { exitCode: 3, processors: 2 } });
    expect(queue.show(1)).toMatchObject({ name: "apples", state: "failed" });
    expect(queue.find({ state: "ended" }).jobs).toMatchObject([{ name: "apples", record: { number: 1 } }]);
  });

  it("gives words to a command exactly as they are", async () => {
    const job = await queue.submit({ command: ["printf", "%s\\n", "a; b", "$HOME", "c'd"] });
    expect(job.name).toBe("printf");
    expect(await textOf(queue.follow(job))).toBe("a; b\n$HOME\nc'd\n");
  });

  it("copies a folder, and refuses one with everything that is wrong with it", async () => {
    const folder = path.join(scratchFolder(), "mine");
    fs.mkdirSync(folder);
    fill(folder, { "proc_config.cfg": "[QMOptions]\nscript : cat in\n", in: "here\n" });
    expect(await queue.wait(await queue.submit(folder))).toMatchObject({ name: "mine", state: "done" });
    fill(folder, { "proc_config.cfg": "[QMOptions]\nscript : cat in\nnb_proc : two\ntime_limit : soon\n" });
    await expect(queue.submit(folder)).rejects.toMatchObject({
      name: "QmError",
      problems: [{ key: "nb_proc" }, { key: "time_limit" }],
    });
  });

  it.each([
    ["../x", "leads out"],
    ["/etc/x", "leads out"],
    ["a//b", "leads out"],
    ["QM_KILL", "QueueManager uses"],
    [".qm/job.json", "QueueManager uses"],
    ["process.log", "QueueManager uses"],
    ["proc_config.cfg", "QueueManager uses"],
  ])("refuses %s among a command's files", async (name, why) => {
    const submitted = queue.submit({ command: "true", files: { [name]: "x" } });
    await expect(submitted).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(why) });
    expect(fs.readdirSync(test.layout.queue)).toEqual([]);
  });

  it("follows a job as it runs, until the follower leaves", async () => {
    const go = path.join(test.base, "go");
    const job = await queue.submit({
      command: `echo first; while [ ! -e '${go}' ]; do sleep 0.05; done; echo last`,
    });
    let seen = "";
    for await (const text of queue.follow(job)) {
      seen += text;
      if (own(seen) === "first\n") break;
    }
    seen = "";
    for await (const text of queue.follow(job)) {
      seen += text;
      if (own(seen) === "first\n") fs.writeFileSync(go, "");
    }
    expect(own(seen)).toBe("first\nlast\n");
  });

  it("acts on jobs one by one, and tells of each", async () => {
    const { name } = await queue.submit({ command: "sleep 60" }, { name: "long" });
    await until("its start", () => queue.find({ state: "running" }).jobs.length === 1);
    const results = await queue.act("kill", [name, "nobody"]);
    expect(results).toMatchObject([
      { job: "long", kind: "done", name: "long" },
      { job: "nobody", kind: "refused", error: { code: "no_such_job" } },
    ]);
    expect(await queue.wait(name)).toMatchObject({ state: "killed" });
    expect(await queue.act("delete", 1)).toMatchObject([{ kind: "done" }]);
    expect(fs.existsSync(test.folder("finished", "long"))).toBe(false);
    expect(queue.show("long").state).toBe("gone");
  });

  it("ends a wait by its signal and by its time, and the job goes on", async () => {
    const job = await queue.submit({ command: "sleep 60" });
    const leaving = new AbortController();
    const waiting = queue.wait(job, { signal: leaving.signal });
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ code: "interrupted" });
    await expect(queue.wait(job, { timeoutSeconds: 0 })).rejects.toMatchObject({ code: "timeout" });
    await queue.act("kill", job);
  });

  it("finds waiting jobs page by page, and by name and owner", async () => {
    fs.writeFileSync(path.join(test.layout.root, "QM_PAUSE"), "");
    for (const [at, owner] of ["ann", "bob", "ann"].entries())
      await queue.submit({ command: "true" }, { name: `job-${at}`, owner });
    const names = (found: { jobs: readonly { name: string }[] }) => found.jobs.map(({ name }) => name);
    await until("the manager's word of all", () => queue.find().jobs.length === 3);
    const first = queue.find({ limit: 2 });
    expect(names(first)).toEqual(["job-0", "job-1"]);
    const rest = queue.find({ limit: 2, ...(first.next === undefined ? {} : { after: first.next }) });
    expect([names(rest), rest.next]).toEqual([["job-2"], undefined]);
    expect(names(queue.find({ owner: "Ann" }))).toEqual(["job-0", "job-2"]);
    expect(names(queue.find({ name: "B-1" }))).toEqual(["job-1"]);
  });

  it("finds together what is of one group, by any face, and its output in the file of its own", async () => {
    const options = { group: "night runs", outlog: "out.txt", errlog: "out.txt" };
    const job = await queue.submit({ command: "echo said; echo wrong >&2" }, { name: "mine", ...options });
    await queue.wait(await queue.submit({ command: "true" }, { name: "other" }));
    expect(await queue.wait(job)).toMatchObject({ state: "done", record: options });
    expect(test.read("mine", "out.txt")).toBe("said\nwrong\n");
    expect(own(test.read("mine", "process.log") ?? "")).toBe("");
    expect(queue.find({ state: "ended", group: "night runs" }).jobs.map(({ name }) => name)).toEqual([
      "mine",
    ]);
    const words = ["history", "--group", "night runs", "-q", "--config", test.configFile];
    const { stdout } = spawnSync(process.execPath, [path.join(ROOT, "dist/bin/qm.js"), ...words], {
      encoding: "utf8",
    });
    expect(stdout).toBe("mine\n");
  });

  it("takes a job where no manager runs, without a number, and does not wait for its end", async () => {
    await test.manager.kill();
    const job = await queue.submit({ command: "true" }, { name: "later", hold: true });
    expect(job).toEqual({ name: "later", warnings: [] });
    await expect(queue.wait(job)).rejects.toMatchObject({ code: "no_daemon" });
    expect(fs.existsSync(path.join(test.folder("queue", "later"), "QM_HOLD"))).toBe(true);
  });

  it.each([
    [{ nb_prok: 2 }, "«nb_prok» is no option of a job"],
    [{ script: "x" }, "«script» is no option of a job"],
    [{ nb_proc: "two" }, "an option is wrong"],
    [{ name: "a/b" }, "«a/b» is no name for a job"],
  ])("refuses the options %j", async (options, message) => {
    const submitted = queue.submit({ command: "true" }, options as object);
    await expect(submitted).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(message),
    });
  });
});

describe("the opening of a queue", () => {
  it("goes by its configuration, or by its folder whatever the environment says", () => {
    expect(Queue.open({ config: test.configFile }).folder).toBe(test.layout.root);
    expect(() => Queue.open(path.join(test.base, "nowhere"))).toThrow("there is no queue here");
    expect(() => Queue.open({ config: "nowhere.cfg" })).toThrow("the configuration is wrong");
  });

  it("is shown by the examples", () => {
    const [, example = ""] = /```js\n([^`]+`[^`]+`[^`]+)```/.exec(read("docs/LIBRARY.md")) ?? [];
    const home = scratchFolder();
    fs.mkdirSync(path.join(home, "node_modules"));
    fs.symlinkSync(ROOT, path.join(home, "node_modules", "queuemanager"));
    fill(home, { "use.mjs": example.replace("/srv/lab/QM", test.layout.root) });
    const run = (...words: string[]) => {
      const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: home, encoding: "utf8" });
      return own(stdout) + stderr;
    };
    expect(run("use.mjs")).toBe("2\njob 1, wc: done\n");
    const squares = run(path.join(ROOT, "examples/from-a-program.mjs"), test.layout.root);
    expect(squares).toMatch(/^(?:square-\d \(job \d\): done\n){3}$/);
    expect(test.read("square-5", "square.txt")).toBe("25\n");
  });

  it("has its public names documented as they are", () => {
    expect(spawnSync(process.execPath, [path.join(ROOT, ".ci/api-page.mjs"), "--check"]).status).toBe(0);
  });

  it("works in the package as it is installed, which does nothing at its import", () => {
    const home = scratchFolder();
    fs.mkdirSync(path.join(home, "node_modules"));
    fs.symlinkSync(ROOT, path.join(home, "node_modules", "queuemanager"));
    fill(home, {
      "package.json": '{ "type": "module" }',
      "import.js": 'import "queuemanager";',
      "use.ts": `
        import { type Job, Queue, QmError, type Submitted } from "queuemanager";
        const queue = Queue.open(process.argv[2] ?? "");
        const job: Submitted = await queue.submit({ command: "echo hi" }, { nb_proc: 1 });
        for await (const text of queue.follow(job)) process.stdout.write(text.replace(/^.QM.*\\n/gm, ""));
        const shown: Job = queue.show(job);
        // @ts-expect-error: there is no such option
        queue.submit("x", { nb_prok: 1 }).catch((error) => error instanceof QmError);
        console.log(shown.state);
      `,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          module: "node20",
          target: "es2022",
          lib: ["es2023"],
          types: ["node"],
        },
        files: ["use.ts"],
      }),
    });
    fs.mkdirSync(path.join(home, "node_modules", "@types"));
    fs.symlinkSync(path.join(ROOT, "node_modules/@types/node"), path.join(home, "node_modules/@types/node"));
    const run = (...words: string[]) => {
      const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: home, encoding: "utf8" });
      return stdout + stderr;
    };
    expect(run("import.js")).toBe("");
    expect(run(path.join(ROOT, "node_modules/typescript/bin/tsc"))).toBe("");
    expect(run("use.js", test.layout.root)).toBe("hi\ndone\n");
  });
});
