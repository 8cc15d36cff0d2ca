import fs from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { Performer } from "../../src/manager/actions/perform.ts";
import type { Action } from "../../src/plan/action.ts";
import { makeQueue } from "./queue-fixture.ts";

/** A folder that is to be withdrawn and cannot be moved, as its target is no folder. */
function stuckJob() {
  const queue = makeQueue();
  queue.put("queue", "stuck", { script: "true" }, { QM_KILL: "ada\n" });
  fs.rmdirSync(queue.layout.finished);
  fs.writeFileSync(queue.layout.finished, "no folder");
  const context = queue.context();
  context.queue.observe(0, 0);
  const performer = new Performer(context);
  const withdraw: Action = { kind: "withdraw", name: "stuck" };
  const tryAt = (nowMs: number) => performer.perform([withdraw], [], nowMs);
  const mend = () => {
    fs.rmSync(queue.layout.finished);
    fs.mkdirSync(queue.layout.finished);
  };
  return { queue, performer, tryAt, mend };
}

describe("an action that is refused", () => {
  it("is left alone twice as long after each try, up to a minute", async () => {
    const { performer, tryAt } = stuckJob();
    let nowMs = 0;
    const pauses: number[] = [];
    for (let tries = 0; tries < 9; tries += 1) {
      expect(await tryAt(nowMs)).toMatchObject([{ end: "refused" }]);
      pauses.push((performer.nextTryMs(nowMs) - nowMs) / 1000);
      expect([...performer.backedOff(nowMs).keys()]).toEqual(["withdraw:stuck"]);
      nowMs = performer.nextTryMs(nowMs);
      expect(performer.backedOff(nowMs).size).toBe(0);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it("is told of in the log at the first try only", async () => {
    const { queue, tryAt } = stuckJob();
    for (const nowMs of [0, 1000, 3000]) await tryAt(nowMs);
    expect(queue.log.of("could not act on a job").map(({ fields }) => fields)).toEqual([
      expect.objectContaining({ job: "stuck", action: "withdraw" }),
    ]);
  });

  it("has one line in the history, however often it is tried", async () => {
    const { queue, tryAt, mend } = stuckJob();
    for (const nowMs of [0, 1000, 3000]) await tryAt(nowMs);
    mend();
    expect(await tryAt(7000)).toMatchObject([{ end: "done" }]);
    expect(queue.stagesOf("stuck")).toEqual(["finished"]);
    expect(queue.history()).toHaveLength(1);
  });

  it("is forgotten once it succeeds", async () => {
    const { performer, tryAt, mend } = stuckJob();
    await tryAt(0);
    mend();
    expect(await tryAt(1000)).toMatchObject([{ end: "done" }]);
    expect(performer.nextTryMs(1000)).toBe(Number.POSITIVE_INFINITY);
    expect(performer.backedOff(1000).size).toBe(0);
  });

  it("is forgotten when nobody wants it any more, so that the next time is a first one", async () => {
    const { queue, performer, tryAt } = stuckJob();
    for (const nowMs of [0, 1000, 3000]) await tryAt(nowMs);
    await performer.perform([], [], 7000 + 60_001);
    await tryAt(100_000);
    expect(performer.nextTryMs(100_000)).toBe(101_000);
    expect(queue.log.of("could not act on a job")).toHaveLength(2);
  });

  it("does not keep the others from being done", async () => {
    const queue = makeQueue();
    queue.put("queue", "other", { nb_proc: "wrong" });
    const context = queue.context();
    context.queue.observe(0, 0);
    const performer = new Performer(context);
    const vanished: Action = {
      kind: "put_away_unrecorded",
      name: "nobody",
      why: "no record tells of its run",
    };
    const carried = await performer.perform([vanished, { kind: "admit", name: "other" }], [], 0);
    expect(carried).toContainEqual({ kind: "admit", name: "other", end: "done" });
    expect(queue.stagesOf("other")).toEqual(["lost"]);
    expect([...performer.backedOff(0).keys()]).toEqual(["put_away_unrecorded:nobody"]);
  });

  it("says in plain words that the disk is full", async () => {
    const { queue } = stuckJob();
    const context = queue.context();
    context.queue.observe(0, 0);
    const full = Object.assign(new Error("write"), { code: "ENOSPC" });
    vi.spyOn(context.queue, "pathOf").mockImplementation(() => {
      throw full;
    });
    const performer = new Performer(context);
    await performer.perform([{ kind: "admit", name: "stuck" }], [], 0);
    expect([...performer.backedOff(0).values()]).toEqual(["the disk is full (ENOSPC)"]);
  });
});

describe("an action whose job is gone", () => {
  it.each(["admit", "withdraw", "send_to_top"] as const)("%s does nothing", async (kind) => {
    const { performer } = stuckJob();
    expect(await performer.perform([{ kind, name: "nobody" }], [], 0)).toMatchObject([{ kind, end: "done" }]);
    expect(performer.backedOff(0).size).toBe(0);
  });
});
