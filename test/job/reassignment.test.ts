import { describe, expect, it } from "vitest";
import {
  describeDestination,
  describeReassignment,
  readDestination,
  reassignedInfo,
} from "../../src/job/reassignment.ts";
import { fullReason } from "../../src/job/words.ts";
import { info } from "../plan/snapshots.ts";

describe("a job that was reassigned", () => {
  const asked = info({ workers: ["lab1"], pool: "day", needs: ["gpu"] });

  it("asks for the worker or pool that it was given, and for what it needs as before", () => {
    const { workers: _workers, pool: _pool, ...free } = asked;
    expect(reassignedInfo(asked, undefined)).toBe(asked);
    expect(reassignedInfo(asked, { worker: "lab2" })).toEqual({ ...free, workers: ["lab2"] });
    expect(reassignedInfo(asked, { pool: "night" })).toEqual({ ...free, pool: "night" });
    expect(reassignedInfo(asked, {})).toEqual(free);
  });

  it("says so behind the reason why it waits", () => {
    const job = { name: "a", state: "waiting", owner: "ann", description: "", processors: 1 } as const;
    const line = { priority: 0, bytes: 0, queuedAt: "", rank: 1, held: false, reason: "first in line" };
    const reassigned = { worker: "lab2", by: "ann" };
    expect(fullReason({ ...job, ...line, reassigned })).toBe("first in line; reassigned to worker lab2");
  });
});

describe("the place that a job is given", () => {
  it.each([{ worker: "lab2" }, { pool: "night" }, {}])("is read as it is told: %j", (to) => {
    expect(readDestination(describeDestination(to))).toEqual({ kind: "ok", value: to });
    expect(describeReassignment({ ...to, by: "ann" })).toBe(`to ${describeDestination(to)}, by ann`);
  });

  it.each([
    ["worker : lab2", { worker: "lab2" }],
    ["Pool:night ", { pool: "night" }],
    ["ANY", {}],
  ])("may be written by hand: %s", (text, value) =>
    expect(readDestination(text)).toEqual({ kind: "ok", value }),
  );

  it.each(["", "lab2", "worker", "pool", "worker a b", "worker ../x", "any lab2", "ann@lab"])(
    "is none in «%s»",
    (text) => expect(readDestination(text)).toMatchObject({ kind: "wrong" }),
  );
});
