import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";

let queue: TestQueue;
let next = 0;

beforeAll(async () => {
  queue = new TestQueue({ Settle_Time: 0.3 });
  await queue.start();
});

afterAll(async () => {
  await queue.close();
});

/** Runs a job of these options to its end. */
async function run(options: Record<string, string | number>, files: Record<string, string> = {}) {
  next += 1;
  const name = `job-${next}`;
  queue.deliver(name, options, files);
  const record = await queue.ended(name);
  const log = queue.read(name, "process.log") ?? "";
  const own = log.split("\n").filter((line) => line !== "" && !line.startsWith("[QM] "));
  return { name, record, log, own };
}

const HAS_PYTHON = toolOrSkip("python3");

describe("a command", () => {
  it.runIf(HAS_PYTHON)("with quotes and && is the shell's to read", async () => {
    const python = "import sys\nprint(sys.argv[1:])\n";
    const { own, record } = await run({ script: `python3 a.py "x y" && echo ok` }, { "a.py": python });
    expect(record.state).toBe("done");
    expect(own).toEqual(["['x y']", "ok"]);
  });

  it("with a semicolon behind a space is not cut there", async () => {
    expect((await run({ script: "echo one ; echo two" })).own).toEqual(["one", "two"]);
  });

  it("with a # is not cut there", async () => {
    expect((await run({ script: "echo a#b '# c'" })).own).toEqual(["a#b # c"]);
  });

  it("keeps percent signs", async () => {
    const { own, record } = await run({ script: "echo 100% '%s' $((7 % 4))", info: "50% done", size: "%" });
    expect(own).toEqual(["100% %s 3"]);
    expect(record).toMatchObject({ state: "done", description: "50% done", size: "%" });
  });

  it("that does not exist fails with the shell's words and 127", async () => {
    const { record, own } = await run({ script: "no-such-program --help" });
    expect(record).toMatchObject({ state: "failed", exitCode: 127 });
    expect(record.reason).toContain("not found");
    expect(own.join("\n")).toContain("no-such-program");
  });

  it("that is a script of the folder without the right to execute runs by its first line or its ending", async () => {
    expect((await run({ script: "./run.sh a" }, { "run.sh": "#!/bin/sh\necho sh $1\n" })).own).toEqual([
      "sh a",
    ]);
    if (HAS_PYTHON)
      expect((await run({ script: "run.py" }, { "run.py": "print('py')\n" })).own).toEqual(["py"]);
  });

  it("reads nothing and has both its outputs in the log in their order, bytes unaltered", async () => {
    const { log } = await run({
      script: "cat; echo out; echo err >&2; printf 'a\\rb\\000\\377c\\n'; echo last",
    });
    expect(log).toMatch(/^\[QM\] started [^\n]*\nout\nerr\na\rb\0\ufffdc\nlast\n\[QM\] ended [^\n]*\n$/);
  });

  it("whose last line has no end keeps it apart from the manager's", async () => {
    expect((await run({ script: "printf unended" })).log).toMatch(/\nunended\n\[QM\] ended [^\n]*\n$/);
  });

  it("that ends by a signal fails with it", async () => {
    expect((await run({ script: "kill -SEGV $$" })).record).toMatchObject({
      state: "failed",
      signal: "SIGSEGV",
    });
  });

  it("has the manager's environment but for its secrets", async () => {
    const { own } = await run({ script: "env | sort", nb_proc: 2, time_limit: "1h" });
    const names = own.map((line) => line.split("=")[0]);
    expect(own).toEqual(
      expect.arrayContaining(["NB_PROC=2", "OMP_NUM_THREADS=2", "QM_ATTEMPT=1", "QM_TIME_LIMIT=3600"]),
    );
    expect(names).toEqual(
      expect.arrayContaining(["PATH", "HOME", "QM_JOB_NAME", "QM_JOB_DIR", "QM_DEADLINE"]),
    );
    expect(names.filter((name) => /^(npm_|VITEST|NODE_|UV_|QM_TEST)/.test(name ?? ""))).toEqual([]);
  });
});

describe("an info file", () => {
  it("with a wrong number is refused with the reason in the folder", async () => {
    const { name, record } = await run({ script: "true", nb_proc: "two" });
    expect(record.state).toBe("invalid");
    expect(queue.stagesOf(name)).toEqual(["lost"]);
    const text = queue.read(name, "QM_status.txt");
    expect(text).toContain("nb_proc");
    expect(text).toContain("two");
    expect(text).toContain("proc_config.cfg");
  });

  it("that wants more processors than there are gets all, and the log says so", async () => {
    const { record, log } = await run({ script: "echo $NB_PROC", nb_proc: 99 });
    expect(record).toMatchObject({ state: "done", processors: 2 });
    expect(log).toMatch(/^\[QM\] started .*nb_proc 99 was lowered to 2/);
  });

  it("in XML may say e-mail", async () => {
    const xml = '<job><script value="echo &quot;a b&quot;"/><e-mail>ann@lab.org</e-mail></job>';
    const { record, own } = await run({}, { "infos.xml": xml });
    expect(record).toMatchObject({ state: "done", mailTo: ["ann@lab.org"], owner: "ann@lab.org" });
    expect(own).toEqual(["a b"]);
  });

  it.each([
    ["a FIFO", (file: string) => spawnFifo(file)],
    ["a link", (file: string) => fs.symlinkSync("/etc/passwd", file)],
    ["a folder", (file: string) => fs.mkdirSync(file)],
    ["bytes long", (file: string) => sparse(file, 1e9)],
  ])("that is %s is refused and holds nobody up", async (what, make) => {
    next += 1;
    const name = `job-${next}`;
    const staged = queue.stage({}, { QM_READY: "" });
    make(path.join(staged, "proc_config.cfg"));
    fs.renameSync(staged, path.join(queue.layout.queue, name));
    const record = await queue.ended(name);
    expect(record.state).toBe("invalid");
    expect(record.reason).toContain(what);
    expect((await run({ script: "true" })).record.state).toBe("done");
  });

  it("that is missing is asked for by name", async () => {
    const { record } = await run({}, { "data.txt": "x" });
    expect(record.state).toBe("invalid");
    expect(record.reason).toContain("proc_config.cfg");
  });
});

function sparse(file: string, bytes: number): void {
  fs.writeFileSync(file, "");
  fs.truncateSync(file, bytes);
}

function spawnFifo(file: string): void {
  spawnSync("mkfifo", [file]);
}
