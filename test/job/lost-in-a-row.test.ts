import { describe, expect, it } from "vitest";
import { recordAtEnd, recordAtStart } from "../../src/job/build-record.ts";
import { countLoss, describeLoss, lossesBefore, mayRunAgain } from "../../src/job/record.ts";
import { ENDED_AT_MS, launch } from "../plan/snapshots.ts";

const place = { worker: "lab-1", host: "lab-1.local" };

function lost(lostInARow?: number) {
  const run = launch("job", lostInARow === undefined ? {} : { lostInARow });
  return recordAtEnd(
    run,
    { kind: "lost", why: "its supervisor vanished" },
    { endedAtMs: ENDED_AT_MS },
    place,
  );
}

describe("losses in a row", () => {
  it("are counted in the record, and hand on to the next attempt until there are three", () => {
    expect([lost(), lost(1), lost(2)].map((record) => record.lostInARow)).toEqual([1, 2, 3]);
    expect([lost(), lost(1), lost(2)].map(lossesBefore)).toEqual([1, 2, 0]);
    expect([1, 2, 3, 4].map(mayRunAgain)).toEqual([true, true, false, false]);
  });

  it("are none after another outcome, nor before the first attempt", () => {
    const done = recordAtEnd(
      launch("job", { lostInARow: 2 }),
      { kind: "done" },
      { endedAtMs: ENDED_AT_MS },
      place,
    );
    expect(done).not.toHaveProperty("lostInARow");
    expect(lossesBefore(done)).toBe(0);
    expect(lossesBefore(undefined)).toBe(0);
  });

  it("are known while the next attempt runs, should its other records be deleted", () => {
    const running = recordAtStart(launch("job", { lostInARow: 2 }), place);
    expect(countLoss(running)).toBe(3);
    expect(recordAtStart(launch("job"), place)).not.toHaveProperty("lostInARow");
  });

  it("are told of from the second on", () => {
    expect(describeLoss("its supervisor vanished", 1)).toBe("its supervisor vanished");
    expect(describeLoss("its supervisor vanished", 3)).toBe("its supervisor vanished; lost 3 times in a row");
  });
});
