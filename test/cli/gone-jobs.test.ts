import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

describe("a job whose folder is gone", () => {
  beforeEach(() => {
    fs.rmSync(scratch.putEnded("Good", { ranSeconds: 7 }), { recursive: true });
    const reason = "the command ended with exit code 9";
    fs.rmSync(scratch.putEnded("bad", { state: "failed", reason }), { recursive: true });
  });

  it("is shown from the history", async () => {
    const { code, out } = await scratch.run(["show", "bad"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^bad {2}FAILED\n {2}the command ended with exit code 9\n.*deleted or taken away/);
    expect(out).toContain("ada@lab.org");
    expect(out).not.toContain("Folder:");
    expect(await scratch.json("show", "good")).toMatchObject({
      name: "Good",
      stage: "gone",
      record: { state: "done", ranSeconds: 7 },
    });
    expect(await scratch.run(["show", "-q", "bad"])).toMatchObject({ code: 3, out: "" });
  });

  it("shows its latest attempt, and one that is there comes first", async () => {
    fs.rmSync(scratch.putEnded("bad", { state: "killed", attempt: 2 }), { recursive: true });
    expect((await scratch.run(["show", "bad"])).out).toMatch(/^bad {2}KILLED/);
    scratch.put("queue", "bad");
    expect((await scratch.run(["show", "bad"])).out).toMatch(/^bad {2}arriving/);
  });

  it("need not be waited for: its outcome is known", async () => {
    expect(await scratch.run(["wait", "good"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^done Good in 7 s/),
    });
    scratch.putEnded("here");
    const { code, out } = await scratch.run(["wait", "here", "bad", "here", "good"]);
    expect(code).toBe(1);
    expect(out.split("\n").map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "done here",
      "FAILED bad",
      "done Good",
      "",
    ]);
    expect(await scratch.run(["wait", "good", "nobody"])).toMatchObject({ code: 3 });
    expect(await scratch.json("wait", "bad")).toMatchObject({
      version: 1,
      jobs: [{ name: "bad", record: { state: "failed" } }],
    });
  });

  it.each([["log"], ["redo"], ["delete"], ["kill"]])(
    "is told of by qm %s: gone, and when it ended",
    async (verb) => {
      const { code, err, out } = await scratch.run([verb, "bad"]);
      expect([code, out]).toEqual([3, ""]);
      expect(err).toMatch(/the folder of the job «bad» is gone; .*FAILED .*ago/);
      expect((await scratch.run([verb, "nobody"])).err).toContain("there is no job «nobody»");
    },
  );
});

describe("a job that was put away by hand while it ran", () => {
  const RUNNING = {
    state: "running",
    reason: "running",
    runId: "run-7",
    finishedAt: undefined,
    ranSeconds: undefined,
  } as const;

  function putAway(stage: "finished" | "lost"): void {
    const folder = scratch.putEnded("job", RUNNING);
    fs.rmSync(scratch.layout.history);
    if (stage === "lost") fs.renameSync(folder, path.join(scratch.layout.lost, "job"));
  }

  it.each(["finished", "lost"] as const)("is not said to run: %s", async (stage) => {
    putAway(stage);
    const { out } = await scratch.run(["show", "job"]);
    expect(out).toMatch(/^job {2}put away by hand\n {2}it has no record of its end: .*by hand/);
    expect(out).not.toContain("running");
    expect(await scratch.json("show", "job")).toMatchObject({ stage, putAway: true });
    expect(await scratch.run(["wait", "job"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^PUT AWAY job: .*by hand/),
    });
  });

  it("is told by the history, where that knows how it ended", async () => {
    putAway("finished");
    scratch.putEnded("x", {
      name: "job",
      runId: "run-7",
      state: "killed",
      reason: "its folder was taken away",
    });
    expect((await scratch.run(["show", "job"])).out).toMatch(/^job {2}KILLED\n {2}its folder was taken away/);
    expect((await scratch.run(["wait", "job"])).out).toMatch(/^KILLED job.*its folder was taken away/);
  });
});
