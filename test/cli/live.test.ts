import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mountOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = new Scratch();
  await scratch.startManager();
});
afterAll(async () => await scratch.close());

async function submit(name: string, command: string, ...options: string[]): Promise<void> {
  const { code, err } = await scratch.run(["submit", "--name", name, ...options, "--", command]);
  if (code !== 0) throw new Error(err);
}

describe("waiting for jobs", () => {
  it("tells outcomes by the exit code, the words and the log", async () => {
    const good = await scratch.run(["submit", "--wait", "--name", "good", "--", "echo yes"]);
    expect(good).toMatchObject({ code: 0, out: "good\n" });
    expect(good.err).toMatch(/^done good in /m);
    const bad = await scratch.run(["submit", "--follow", "--name", "bad", "--", "echo so; exit 7"]);
    expect(bad.code).toBe(7);
    expect(bad.out).toMatch(/^\[QM\] started .*\nso\n\[QM\] ended .*exit code 7\n$/);
    expect(bad.err).toMatch(/submitted as bad\nFAILED bad after .*: the command ended with exit code 7/);
  });

  it("ends with the job's own code, which a value for programs tells from the command's", async () => {
    const run = async (...argv: string[]) => {
      const { code, out } = await scratch.run(argv);
      return { code, value: out === "" ? undefined : JSON.parse(out) };
    };
    const failed = { version: 1, jobs: [{ name: "odd", record: { state: "failed", exitCode: 124 } }] };
    const submitted = await run("submit", "--json", "--wait", "--name", "odd", "--", "exit 124");
    expect(submitted).toMatchObject({ code: 124, value: failed });
    expect(await run("wait", "--json", "odd")).toMatchObject({ code: 124, value: failed });
    expect((await scratch.run(["log", "-f", "odd"])).code).toBe(124);
    expect(await run("submit", "--json", "--name", "slept", "--", "sleep 60")).toEqual({
      code: 0,
      value: { version: 1, jobs: [{ name: "slept", number: expect.any(Number) }] },
    });
    expect(await run("wait", "--json", "--timeout", "0.2", "slept")).toEqual({ code: 124, value: undefined });
    await scratch.run(["kill", "slept"]);
    expect(await run("wait", "--json", "slept")).toMatchObject({ code: 1 });
    expect(await run("wait", "--json", "odd", "slept")).toMatchObject({ code: 1 });
    expect(await run("submit", "--json", "--follow", "--", "true")).toEqual({ code: 2, value: undefined });
  });

  it("finds its own job again when the manager gives it another name", async () => {
    await scratch.run(["pause"]);
    const waiting = scratch.run(["submit", "--wait", "--name", "first-name", "--", "exit 3"]);
    const folder = path.join(scratch.layout.queue, "first-name");
    await until("the delivery", () => fs.existsSync(folder));
    fs.renameSync(folder, `${folder}-2`);
    await scratch.run(["resume"]);
    const { code, err } = await waiting;
    expect(code).toBe(3);
    expect(err).toContain("FAILED first-name-2");
  });

  it("tells when a job is taken away", async () => {
    await submit("stolen", "true", "--hold");
    const waiting = scratch.run(["wait", "stolen"]);
    fs.renameSync(path.join(scratch.layout.queue, "stolen"), path.join(scratch.base, "stolen"));
    expect(await waiting).toMatchObject({ code: 1, out: expect.stringContaining("GONE stolen") });
  });

  it("waits for several, gives up after its timeout, and names what is not done", async () => {
    await submit("slow", "sleep 60");
    expect(await scratch.run(["wait", "slow", "--timeout", "0.3"])).toMatchObject({ code: 124 });
    expect(await scratch.run(["wait", "slow", "--timeout", "soon"])).toMatchObject({ code: 2 });
    expect(await scratch.run(["wait", "slow"], { signal: AbortSignal.timeout(300) })).toMatchObject({
      code: 130,
    });
    expect((await scratch.run(["log", "slow"])).out).toMatch(/^\[QM\] started/);
    expect(await scratch.run(["kill", "slow"])).toMatchObject({
      code: 0,
      err: expect.stringContaining("Will be killed: slow ("),
    });
    expect(await scratch.run(["wait", "good", "slow"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^done good.*\nKILLED slow.*killed by .*@/),
    });
    expect((await scratch.run(["wait", "good", "slow", "-q"])).out).toBe("slow\n");
    const value = await scratch.json("wait", "good", "slow");
    expect(value).toMatchObject({ jobs: [{ name: "good", record: { state: "done" } }, { name: "slow" }] });
    expect(await scratch.run(["wait", "nobody"])).toMatchObject({ code: 3 });
  });

  it("asks to end what the manager cannot take, and says what keeps it", async () => {
    const folder = path.join(scratch.layout.queue, "mounted");
    fs.mkdirSync(folder);
    if (!mountOrSkip(folder)) return;
    try {
      fs.writeFileSync(path.join(folder, "job.sh"), "true");
      await until("its being stuck", () => fs.readFileSync(scratch.layout.status, "utf8").includes("umount"));
      const asked = await scratch.run(["kill", "-y", "mounted"]);
      expect(asked).toMatchObject({
        code: 0,
        err: expect.stringContaining("once the manager can take it: "),
      });
    } finally {
      // The manager may be looking into it.
      spawnSync("umount", ["-l", folder]);
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it("follows a log that is being written until the end, whatever is in it", async () => {
    await submit("chatty", "printf 'a\\033[31mb\\n'; sleep 0.6; printf 'x\\ry\\n'");
    await scratch.started("chatty");
    const { out, code } = await scratch.run(["log", "-f", "chatty"], { tty: true });
    expect(code).toBe(0);
    expect(out).toMatch(/a\\x1b\[31mb\nx\ny\n\[QM\] ended/);
    expect((await scratch.run(["log", "chatty"])).out).toContain("a\x1b[31mb\nx\ry\n");
    expect((await scratch.run(["log", "-n", "2", "chatty"])).out).toMatch(/^x\ry\n\[QM\] ended .*\n$/);
    expect(await scratch.run(["log", "-n", "0", "chatty"])).toMatchObject({ code: 2 });
  });
});

describe("jobs that wait", () => {
  it("are held, released, sent to the top and withdrawn", async () => {
    await submit("later", "true", "--hold");
    await until("the hold to be seen", () =>
      fs.readFileSync(scratch.layout.status, "utf8").includes('"held":true'),
    );
    expect((await scratch.run(["show", "later"])).out).toMatch(/^later {2}held\n {2}held/);
    expect(await scratch.run(["log", "later"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("waiting"),
    });
    expect(await scratch.run(["top", "later"])).toMatchObject({ code: 0 });
    expect(await scratch.run(["delete", "-y", "later"])).toMatchObject({
      code: 4,
      err: expect.stringContaining("qm kill"),
    });
    expect(await scratch.run(["release", "later"])).toMatchObject({ code: 0 });
    expect(await scratch.run(["wait", "later"])).toMatchObject({ code: 0 });
    expect(await scratch.run(["hold", "later"])).toMatchObject({ code: 4 });
    await submit("never", "true", "--hold");
    await scratch.run(["kill", "never"]);
    expect((await scratch.run(["wait", "never"])).out).toMatch(/^KILLED never/);
  });

  it("stay while the queue is paused", async () => {
    expect(await scratch.run(["pause"])).toMatchObject({ code: 0 });
    await submit("patient", "true");
    await until("the pause to be seen", () =>
      fs.readFileSync(scratch.layout.status, "utf8").includes("patient"),
    );
    expect((await scratch.run([])).out).toMatch(/! the queue is paused/);
    expect(await scratch.json("status")).toMatchObject({ paused: true });
    expect(await scratch.run(["resume"])).toMatchObject({ code: 0 });
    expect(await scratch.run(["wait", "patient"])).toMatchObject({ code: 0 });
  });
});

describe("running a job again", () => {
  it("makes it the next attempt, with --clean from its inputs alone", async () => {
    scratch.makeJob("again", { script: "ls > seen; mkdir -p out/deep; cp proc_config.cfg out/deep" });
    scratch.write("again/data/input.txt", "1");
    await scratch.run(["submit", "--wait", "again"]);
    const seen = () => fs.readFileSync(path.join(scratch.layout.finished, "again/seen"), "utf8");
    const first = seen();
    expect(await scratch.run(["redo", "--clean", "again"])).toMatchObject({ code: 0, out: "again\n" });
    expect(await scratch.run(["wait", "again"])).toMatchObject({ code: 0 });
    expect(seen().replace("process.1.log\n", "").replace("QM_status.txt\n", "")).toBe(first);
    await scratch.run(["redo", "again"]);
    await scratch.run(["wait", "again"]);
    expect(seen()).toContain("out\n");
    expect(await scratch.json("show", "again")).toMatchObject({ stage: "finished", record: { attempt: 3 } });
  });

  it("is refused with --clean where the job changed its inputs", async () => {
    scratch.makeJob("eater", { script: "echo more >> input.txt" });
    scratch.write("eater/input.txt", "1");
    await scratch.run(["submit", "--wait", "eater"]);
    const { code, err } = await scratch.run(["redo", "--clean", "eater"]);
    expect(code).toBe(4);
    expect(err).toContain("input.txt");
  });
});

describe("the manager", () => {
  it("is seen by the reading verbs", async () => {
    expect(await scratch.json("status")).toMatchObject({
      manager: { alive: true },
      notices: expect.any(Array),
    });
    expect((await scratch.run(["doctor"])).out).toMatch(/ok +manager: process \d+ on/);
  });

  it("is not started a second time", async () => {
    const { code, err } = await scratch.program(["start"]);
    expect(code).toBe(4);
    expect(err).toMatch(/running already: process \d+ on/);
    expect(err).not.toContain("looks after");
  });

  it("asks before it kills on the way out, and leaves, drains or kills as told", async () => {
    await submit("survivor", "trap '' TERM; sleep 60");
    await scratch.started("survivor");
    expect(await scratch.run(["stop", "--kill"], { tty: true, answer: "no" })).toMatchObject({ code: 4 });
    expect(await scratch.run(["stop"])).toMatchObject({
      code: 0,
      err: expect.stringContaining("1 running job goes on"),
    });
    expect(await scratch.json("status")).toMatchObject({
      manager: { alive: false },
      running: [{ name: "survivor" }],
    });
    expect(await scratch.run(["wait", "survivor"])).toMatchObject({ code: 5 });
    expect(await scratch.run(["stop"])).toMatchObject({ code: 5 });
    await scratch.startManager();
    expect(await scratch.run(["stop", "--kill", "-y"], { tty: true })).toMatchObject({
      code: 0,
      err: expect.stringContaining("waiting for: survivor"),
    });
    expect((await scratch.run(["show", "survivor"])).out).toContain("KILLED");
    await scratch.startManager();
    await submit("drained", "sleep 0.8");
    await scratch.started("drained");
    expect(await scratch.run(["stop", "--drain"])).toMatchObject({ code: 0 });
    expect((await scratch.run(["show", "drained"])).out).toContain("done");
  });
});
