import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { recordAtStart } from "../../src/job/build-record.ts";
import { History } from "../../src/queue/books/history.ts";
import { writeStartRecord } from "../../src/queue/books/job-records.ts";
import { isRunning } from "../support/queue-folder.ts";
import { until } from "../support/until.ts";
import { ranJob } from "./attempt-fixture.ts";
import { makeQueue } from "./queue-fixture.ts";

describe("a folder in QM_Jobs of which no record tells", () => {
  it("goes to QM_lost+found with the reason, and is not run", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.put("running", "misplaced", { script: "echo ran > ran" });
    const record = await queue.ended("misplaced");
    expect(record).toMatchObject({ state: "lost", attempt: 0, reason: expect.stringContaining("QM_qJobs") });
    expect(queue.stagesOf("misplaced")).toEqual(["lost"]);
    expect(queue.read("misplaced", "ran")).toBeUndefined();
    expect(queue.read("misplaced", "QM_status.txt")).toMatch(/^LOST/);
    expect(queue.history()).toHaveLength(1);
  });

  it("stays out of the queue with On_Lost = requeue when it never ran", async () => {
    const queue = makeQueue({ On_Lost: "requeue" });
    await queue.run();
    queue.put("running", "misplaced", { script: "echo ran > ran" });
    await queue.ended("misplaced");
    expect(queue.stagesOf("misplaced")).toEqual(["lost"]);
  });

  it.each([
    ["keep", ["lost"]],
    ["requeue", ["lost", "done"]],
  ])(
    "is a run whose records were deleted: its processes are ended first (On_Lost = %s)",
    async (onLost, states) => {
      const queue = makeQueue({ On_Lost: onLost });
      await queue.run();
      const script = '[ "$QM_ATTEMPT" = 2 ] && exit 0; echo $$ > up; sleep 1000';
      queue.deliver("robbed", { script, e_mail: "ada@lab.org" });
      const pid = Number(await queue.wrote("robbed", "up"));
      await queue.stop("leave");
      fs.rmSync(queue.layout.state, { recursive: true });
      await queue.run();
      await until("its history", () => queue.history("robbed").length === states.length);
      expect(queue.history("robbed").map(({ state }) => state)).toEqual(states);
      expect(queue.history("robbed")[0]).toMatchObject({
        owner: "ada@lab.org",
        attempt: 1,
        reason: expect.stringMatching(/manager's records.*were deleted/),
      });
      expect(queue.history("robbed")[0]?.reason).not.toContain("by hand");
      expect(isRunning(pid)).toBe(false);
      await queue.ended("robbed");
      expect(queue.processes()).toEqual([]);
    },
  );

  it("has one line in the history though the manager died before the rename", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.put("running", "misplaced", { script: "echo ran" });
    await queue.ended("misplaced");
    await queue.stop();
    fs.renameSync(queue.folder("lost", "misplaced"), queue.folder("running", "misplaced"));
    await queue.run();
    await queue.ended("misplaced");
    expect(queue.history()).toHaveLength(1);
  });

  it("is a run's that ended before: it has that end, whatever the manager died between", async () => {
    const queue = makeQueue({ On_Lost: "requeue" });
    const { folder, launch, attemptFolder } = await ranJob(queue, "early", 0);
    const record = recordAtStart(launch, { worker: "here", host: "here" });
    writeStartRecord(folder, record);
    fs.renameSync(folder, queue.folder("running", "late"));
    // Accounted for without its folder, as the line of the history tells, when the manager died.
    const ended = { ...record, state: "done" as const, reason: "exit code 0", exitCode: 0 };
    await new History(queue.layout.history).add(ended);
    fs.rmSync(attemptFolder, { recursive: true });
    await queue.run();
    expect(await queue.ended("late")).toEqual({ ...ended, name: "late", number: 1 });
    expect(queue.stagesOf("late")).toEqual(["finished"]);
    expect(queue.read("late", "QM_status.txt")).toMatch(/^DONE/);
    expect(queue.history()).toHaveLength(1);
  });
});
