import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const QM = path.join(ROOT, "dist/bin/qm.js");
const README = fs.readFileSync(path.join(ROOT, "README.md"), "utf8");

/** The blocks of commands in the README, in their order. */
const BLOCKS = [...README.matchAll(/^```sh\n(.*?)^```/gms)].map((match) => match[1] ?? "");
/** Run by `.ci/run` on a clean clone; a test cannot install or test the program it is a part of. */
const RUN_BY_CI = ["npm ci && npm run demo", "npm ci && npm test"];

let scratch: string;
let manager: ChildProcess;

beforeAll(async () => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "qm-readme-"));
  manager = spawn(process.execPath, [QM, "start"], { cwd: scratch, stdio: "ignore" });
  await until("the manager", () => fs.existsSync(path.join(scratch, "QM/.qm/status.json")));
});

afterAll(async () => {
  manager.kill("SIGTERM");
  await until("the manager's end", () => manager.exitCode !== null || manager.signalCode !== null);
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** Runs a block as a person would who stands in the folder where the manager was started. */
function run(block: string, cwd = scratch): string {
  const searchPath = `${path.join(scratch, ".local/bin")}:${process.env["PATH"]}`;
  const env = { ...process.env, HOME: scratch, PATH: searchPath };
  return execFileSync("/bin/sh", ["-e", "-c", block], { cwd, env, encoding: "utf8" });
}

describe("the commands of the README", () => {
  it("are installed and started as it says", () => {
    const ci = fs.readFileSync(path.join(ROOT, ".ci/run"), "utf8");
    const steps = BLOCKS[0]?.trim().split("\n");
    expect(steps).toEqual(RUN_BY_CI);
    for (const command of ["npm ci", "npm run demo", "npm test"]) expect(ci).toContain(`\n${command}\n`);
    const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
    expect(BLOCKS[1]).toBe("npm start\n");
    expect(scripts.start).toMatch(/node dist\/bin\/qm\.js start$/);
  });

  it("run the first job", async () => {
    run(BLOCKS[2] ?? "");
    const finished = path.join(scratch, "QM/QM_dJobs/my-job");
    await until("the first job", () => fs.existsSync(finished));
    expect(fs.readFileSync(path.join(finished, "process.log"), "utf8")).toContain("counted to 3\n");
    expect(fs.readFileSync(path.join(finished, "numbers.txt"), "utf8")).toBe("1\n2\n3\n");
    expect(fs.readFileSync(path.join(finished, "QM_status.txt"), "utf8")).toMatch(/^DONE {2}my-job\n/);
  });

  it("put the command line on the path, from the program's own folder", () => {
    run(BLOCKS[3] ?? "", ROOT);
    expect(run("qm --version")).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run("npx --offline qm --version", ROOT)).toBe(run("qm --version"));
  });

  it("need nothing that a package made of the program leaves out, and it is built before", () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
    expect(scripts.prepack).toMatch(/npm run --silent build$/);
    const [{ files }] = JSON.parse(run("npm pack --dry-run --ignore-scripts --silent --json", ROOT));
    const packed = files.map((file: { path: string }) => file.path);
    for (const file of ["dist/bin/qm.js", "dist/process/shim.sh", "views/front.ejs", "QMserv.cfg.example"])
      expect(packed).toContain(file);
  });

  it("do what they say, one block after the other", () => {
    const rest = BLOCKS.slice(4);
    expect(rest.length).toBeGreaterThan(3);
    const output = rest.map((block) => run(block)).join("");
    expect(output).toContain("processors busy");
    expect(fs.readFileSync(path.join(scratch, "QM/QM_dJobs/words/count.txt"), "utf8").trim()).toBe("3");
    expect(fs.existsSync(path.join(scratch, "lab-queue/QMserv.cfg"))).toBe(true);
  });
});
