import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { fill, namesIn, scratchFolder } from "../support/scratch.ts";
import { afterTest } from "../support/tidy-up.ts";
import { until } from "../support/until.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const QM = path.join(ROOT, "dist/bin/qm.js");

/** A folder in which somebody has installed the package. */
let home: string;
let dir: string;

beforeEach(() => {
  home = scratchFolder();
  fs.mkdirSync(path.join(home, "node_modules"));
  fs.symlinkSync(ROOT, path.join(home, "node_modules", "queuemanager"));
  dir = path.join(home, "jobs");
});

/** Writes down each job that it gets, in one write, and ends it. */
const WORKER = `
import fs from "node:fs";
import { DirJobs } from "queuemanager/dirjobs";
const [workerId, ledger] = process.argv.slice(2);
const jobs = new DirJobs({ jobsDir: "jobs", workerId });
for (let job = await jobs.next(); job !== undefined; job = await jobs.next()) {
  fs.appendFileSync(ledger, workerId + " " + fs.readFileSync(job.path, "utf8") + "\\n");
  job.done();
}
`;

function startWorker(workerId: string, script = "worker.mjs"): ChildProcess {
  const child = spawn(process.execPath, [script, workerId, "ledger"], { cwd: home, stdio: "inherit" });
  afterTest(() => child.kill("SIGKILL"));
  return child;
}

const names = (state: string) => namesIn(path.join(dir, state));

describe("own workers", () => {
  it.each([2, 8])("as %i processes share out a thousand jobs, each of them once", async (count) => {
    const all = Array.from({ length: 1000 }, (_, at) => `job-${at}.txt`);
    fill(path.join(dir, "00_waiting"), Object.fromEntries(all.map((name) => [name, name])));
    fill(home, { "worker.mjs": WORKER });
    const workers = Array.from({ length: count }, (_, at) => startWorker(`w${at}`));
    const codes = await Promise.all(workers.map(async (worker) => (await once(worker, "exit"))[0]));
    expect(codes).toEqual(workers.map(() => 0));
    const lines = fs.readFileSync(path.join(home, "ledger"), "utf8").trim().split("\n");
    expect(lines.map((line) => line.split(" ")[1] ?? "").sort()).toEqual(all.toSorted());
    expect(names("02_done").toSorted()).toEqual(all.toSorted());
    expect(names("01_running")).toEqual([]);
  });

  it("that are killed leave their job where the next one of their name finds it", async () => {
    fill(path.join(dir, "00_waiting"), { "a.txt": "a" });
    const hangs = WORKER.replace("job.done();", "setInterval(() => {}, 1000); await new Promise(() => {});");
    fill(home, { "hangs.mjs": hangs });
    const worker = startWorker("w1", "hangs.mjs");
    await until("the job's start", () => fs.existsSync(path.join(home, "ledger")));
    worker.kill("SIGKILL");
    await once(worker, "exit");
    expect(names("01_running")).toEqual(["w1.a.txt"]);
    fill(home, {
      "left.mjs": `
        import { DirJobs } from "queuemanager/dirjobs";
        for (const job of await new DirJobs({ jobsDir: "jobs" }).leftovers()) console.log(job.giveBack());
      `,
    });
    const { stdout } = spawnSync(process.execPath, ["left.mjs"], { cwd: home, encoding: "utf8" });
    expect(stdout).toBe("jobs/00_waiting/a.txt\n");
    expect(names("00_waiting")).toEqual(["a.txt"]);
  });

  it("have types", () => {
    fill(home, {
      "use.ts": `
        import { type DirJob, DirJobs, QmError } from "queuemanager/dirjobs";
        const jobs = new DirJobs({ jobsDir: "jobs", filter: async (path, name) => path.endsWith(name) });
        const job: DirJob | undefined = await jobs.next();
        const to: string | undefined = job?.done();
        // @ts-expect-error: there is no such option
        new DirJobs({ jobsDir: "jobs", worker: "w1" });
        export { to, QmError };
      `,
      "package.json": '{ "type": "module" }',
      "tsconfig.json": JSON.stringify({
        compilerOptions: { strict: true, module: "node20", target: "es2022", noEmit: true, types: [] },
        files: ["use.ts"],
      }),
    });
    const { stdout } = spawnSync(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc")], {
      cwd: home,
      encoding: "utf8",
    });
    expect(stdout).toBe("");
  });
});

describe("qm dirjobs", () => {
  function qm(...words: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [QM, "dirjobs", ...words], {
      cwd: home,
      encoding: "utf8",
    });
    return { status, out: stdout.trim(), err: stderr };
  }

  it("takes jobs and ends them from a shell", () => {
    fill(path.join(dir, "00_waiting"), { "1.job": "", "2.job": "", "3.job": "", "x.txt": "" });
    const next = () => qm("next", "--dir", "jobs", "--worker", "w1", "--ext", ".job", "--sorted");
    const paths = [next().out, next().out, next().out];
    expect(paths).toEqual([1, 2, 3].map((at) => path.join(dir, "01_running", `w1.${at}.job`)));
    expect(next()).toEqual({ status: 3, out: "", err: "" });
    expect(qm("done", paths[0] ?? "")).toMatchObject({ status: 0, out: path.join(dir, "02_done", "1.job") });
    expect(qm("failed", "jobs/01_running/w1.2.job").out).toMatch(/\/99_failed\/\d+\.2\.job$/);
    expect(qm("give-back", paths[2] ?? "").out).toBe(path.join(dir, "00_waiting", "3.job"));
  });

  it("does what the lines in the documentation say", () => {
    const lines = /```sh\n([^`]+)```/.exec(fs.readFileSync(path.join(ROOT, "docs/LIBRARY.md"), "utf8"))?.[1];
    fill(path.join(dir, "00_waiting"), { "a.txt": "" });
    fs.writeFileSync(path.join(home, "convert"), '#!/bin/sh\ntest -f "$1"\n', { mode: 0o755 });
    fs.mkdirSync(path.join(home, "bin"));
    fs.symlinkSync(QM, path.join(home, "bin/qm"));
    const env = { ...process.env, PATH: `${path.join(home, "bin")}:${process.env["PATH"]}` };
    const run = () => spawnSync("sh", ["-c", lines ?? ""], { cwd: home, env, encoding: "utf8" });
    expect(run()).toMatchObject({ status: 0, stdout: `${path.join(dir, "02_done", "a.txt")}\n` });
    expect(run().status).toBe(3);
  });

  it("says what is wrong", () => {
    fill(path.join(dir, "01_running"), { "w1.a.txt": "" });
    expect(qm("done", "jobs/01_running/w1.b.txt")).toMatchObject({
      status: 4,
      err: expect.stringContaining("has ended already, or somebody has moved it"),
    });
    expect(qm("done", "jobs/w1.a.txt")).toMatchObject({
      status: 2,
      err: expect.stringContaining("01_running/WORKER.NAME"),
    });
    expect(qm("next", "--dir", "jobs", "--worker", "w_1")).toMatchObject({
      status: 2,
      err: expect.stringContaining("«w_1» is no name of a worker"),
    });
    expect(qm("next", "--dir", "jobs", "--worker", "w1", "--sync", "soon")).toMatchObject({
      status: 2,
      err: expect.stringContaining("--sync soon: is no number of seconds"),
    });
    expect(qm("next", "--worker", "w1").status).toBe(2);
  });
});
