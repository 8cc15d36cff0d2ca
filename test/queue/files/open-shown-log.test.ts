import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readOwnLog } from "../../../src/queue/files/job-log.ts";
import { tries } from "../../support/chance.ts";
import { fill, giveToOrdinaryUser, makeFifo, rootOrSkip, scratchFolder } from "../../support/scratch.ts";
import { until } from "../../support/until.ts";

const SECRET = "somebody else's";
const TRIES = tries(10_000);

const SWAPS = `for (;;) {
  fs.renameSync("job", "aside");
  fs.symlinkSync("elsewhere", "job");
  fs.unlinkSync("job");
  fs.renameSync("aside", "job");
}`;

let root = "";
let job = "";

beforeEach(() => {
  root = fill(scratchFolder(), { "job/process.log": "the job's", "elsewhere/process.log": SECRET });
  job = path.join(root, "job");
});

function readLog(): string | undefined {
  return readOwnLog(job, "process.log", (log) => fs.readFileSync(log.handle, "utf8"));
}

function swapLog(put: (log: string) => void): void {
  const log = path.join(job, "process.log");
  fs.rmSync(log);
  put(log);
}

it("opens the log in a job's folder", () => expect(readLog()).toBe("the job's"));

describe("what is not the job's own log", () => {
  it.each([
    ["a link", () => swapLog((log) => fs.symlinkSync("../elsewhere/process.log", log))],
    ["a FIFO", () => swapLog(makeFifo)],
    ["a folder", () => swapLog((log) => fs.mkdirSync(log))],
    ["nothing", () => swapLog(() => {})],
    [
      "in a folder that is a link",
      () => {
        fs.rmSync(job, { recursive: true });
        fs.symlinkSync("elsewhere", job);
      },
    ],
  ])("is not opened: %s", (_, make) => {
    make();
    expect(readLog()).toBeUndefined();
  });

  it.runIf(rootOrSkip())("is not opened: another name for the file of another owner", () => {
    swapLog((log) => fs.linkSync(path.join(root, "elsewhere/process.log"), log));
    giveToOrdinaryUser(job);
    expect(readLog()).toBeUndefined();
  });

  it("is opened where the other name is of the same owner", () => {
    fs.linkSync(path.join(job, "process.log"), path.join(job, "copy.log"));
    expect(readLog()).toBe("the job's");
  });
});

it("opens nothing else while the folder is swapped for a link again and again", async () => {
  const swapping = spawn(process.execPath, ["-e", SWAPS], { cwd: root, stdio: "ignore" });
  try {
    await until("a swap", () => !fs.lstatSync(job, { throwIfNoEntry: false })?.isDirectory());
    const seen = new Set<string | undefined>();
    for (let tried = 0; tried < TRIES || seen.size < 2; tried += 1) seen.add(readLog());
    expect(seen).toEqual(new Set(["the job's", undefined]));
  } finally {
    swapping.kill("SIGKILL");
    await until("the swapping to end", () => swapping.signalCode !== null);
  }
});
