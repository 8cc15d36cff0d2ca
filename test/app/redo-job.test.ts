import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { discardJob, removeDiscarded } from "../../src/app/act.ts";
import type { FoundJob } from "../../src/app/find-job.ts";
import { redoJob } from "../../src/app/redo-job.ts";
import { removeTree } from "../../src/disk/empty-trash.ts";
import { writeInputs } from "../../src/queue/books/job-records.ts";
import { Surveyor } from "../../src/queue/intake/survey.ts";
import type { Layout } from "../../src/queue/layout.ts";
import { copyJob, uncopyable } from "../../src/queue/submit/copy-job.ts";
import { QmError } from "../../src/text/errors.ts";
import { makeQueueFolder } from "../support/queue-folder.ts";
import { asOrdinaryUser, fill, giveToOrdinaryUser } from "../support/scratch.ts";

let layout: Layout;
let job: FoundJob;

beforeEach(() => {
  ({ layout } = makeQueueFolder());
  const folder = fill(path.join(layout.finished, "job"), { "run.sh": "" });
  giveToOrdinaryUser(folder, layout.finished, layout.queue);
  job = { name: "job", stage: "finished", folder };
});

function refusal(clean = false): QmError {
  try {
    asOrdinaryUser(() => redoJob(layout, job, { clean }));
  } catch (error) {
    if (error instanceof QmError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("running a job again from its inputs", () => {
  it.each([
    ["the queue", () => layout.queue],
    ["the folder that it lies in", () => layout.finished],
    ["a folder in it that a result lies in", () => path.join(job.folder, "out")],
  ])("removes nothing where %s may not be written to", (_, closed) => {
    writeInputs(job.folder);
    fill(job.folder, { "out/result": "1", first: "1" });
    giveToOrdinaryUser(job.folder, path.join(job.folder, "out"));
    fs.chmodSync(closed(), 0o555);
    expect(() => asOrdinaryUser(() => redoJob(layout, job, { clean: true }))).toThrow(
      "you may not write there",
    );
    expect(fs.readdirSync(job.folder).sort()).toEqual([".qm", "first", "out", "run.sh"]);
    expect(fs.readdirSync(path.join(job.folder, "out"))).toEqual(["result"]);
  });
});

describe("running a job again from its inputs, whose results are closed", () => {
  beforeEach(() => {
    writeInputs(job.folder);
    fill(job.folder, { "a/b/c": "1", first: "1", z: "1" });
    giveToOrdinaryUser(...["a", "a/b"].map((inner) => path.join(job.folder, inner)));
  });

  it.each([
    ["not be read", 0o000],
    ["be listed but not be entered", 0o600],
  ])("removes nothing where a folder that it wrote may %s", (_, mode) => {
    fs.chmodSync(path.join(job.folder, "a"), mode);
    expect(refusal(true)).toMatchObject({ code: "failed", path: expect.stringContaining("/job/a") });
    expect(fs.readdirSync(job.folder).sort()).toEqual([".qm", "a", "first", "run.sh", "z"]);
  });

  it("leaves no request to run it where a removal fails in the midst", () => {
    const inTheMidst = vi.spyOn(fs, "rmdirSync").mockImplementation((folder) => {
      if (String(folder).includes(".qm-try-")) return fs.rmSync(String(folder), { recursive: true });
      throw Object.assign(new Error("made up"), { code: "ENOTEMPTY" });
    });
    try {
      expect(refusal(true)).toMatchObject({
        code: "failed",
        message: expect.stringContaining("(ENOTEMPTY)"),
      });
    } finally {
      inTheMidst.mockRestore();
    }
    expect(fs.readdirSync(job.folder)).not.toContain("QM_READY");
  });
});

describe("running a job again", () => {
  it("moves its folder back", () => {
    expect(asOrdinaryUser(() => redoJob(layout, job, { clean: false }))).toBe("job");
    expect(fs.readdirSync(path.join(layout.queue, "job")).sort()).toEqual(["QM_READY", "run.sh"]);
  });

  it.each([
    ["QM_dJobs", () => fs.chmodSync(layout.finished, 0o555)],
    ["QM_qJobs", () => fs.chmodSync(layout.queue, 0o555)],
  ])("says that the caller lacks the right, not the manager: in %s", (_, forbid) => {
    forbid();
    const { message, mend } = refusal();
    expect(message).toMatch(/^«job» stays where it is: you may not move it \(EACCES\)/);
    expect(`${message} ${mend}`).not.toContain("the manager may not");
    expect(mend).toContain("ask for the right");
    expect(fs.existsSync(job.folder)).toBe(true);
  });
});

describe("a job whose results lie deeper than the system's longest path", () => {
  const DEEP = Array.from({ length: 30 }, () => "d".repeat(200));

  /** Makes folders inside folders, each by its short name. */
  function dig(folder: string, names: readonly string[]): void {
    const before = process.cwd();
    process.chdir(folder);
    for (const name of names) {
      fs.mkdirSync(name);
      process.chdir(name);
    }
    fs.writeFileSync("result", "1");
    process.chdir(before);
  }

  it("runs again from its inputs alone", () => {
    writeInputs(job.folder);
    dig(job.folder, DEEP);
    expect(redoJob(layout, job, { clean: true })).toBe("job");
    expect(fs.readdirSync(path.join(layout.queue, "job")).sort()).toEqual([".qm", "QM_READY", "run.sh"]);
  });

  it("is deleted with all that is in it", async () => {
    dig(job.folder, DEEP);
    await removeDiscarded(job, discardJob(layout, job));
    expect([fs.existsSync(job.folder), fs.readdirSync(layout.trash)]).toEqual([false, []]);
  });

  it("can be submitted", async () => {
    dig(job.folder, DEEP);
    expect(uncopyable(job.folder)).toEqual([]);
    const copy = path.join(layout.queue, "copy");
    await copyJob(job.folder, copy, new AbortController().signal);
    const filesOf = (folder: string) => new Surveyor(folder).advance(Number.POSITIVE_INFINITY)?.files;
    expect(filesOf(copy)).toBe(filesOf(job.folder));
    await removeTree(copy);
    await removeTree(job.folder);
  });

  it("whose inputs have changed is told of in short", async () => {
    dig(job.folder, DEEP);
    writeInputs(job.folder);
    const lost = path.join(job.folder, DEEP[0] ?? "");
    const elsewhere = path.join(layout.root, "elsewhere");
    fs.renameSync(lost, elsewhere);
    expect(refusal(true).message.length).toBeLessThan(2000);
    await removeTree(elsewhere);
  });
});
