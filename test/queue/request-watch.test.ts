import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestWatch } from "../../src/queue/requests.ts";
import { scratchFolder } from "../support/scratch.ts";

const TRUSTED_MS = 3001;

let job = "";

beforeEach(() => {
  job = scratchFolder();
});

afterEach(() => vi.restoreAllMocks());

describe("the requests in a folder that is looked at again and again", () => {
  it("are found when the folder's time moves, and by the same value while they stay", () => {
    const watch = new RequestWatch(job);
    expect(watch.look(1, 0).hold).toBe(false);
    fs.writeFileSync(path.join(job, "qm_hold.txt"), "");
    const held = watch.look(2, 10_000);
    expect(held.hold).toBe(true);
    expect(watch.look(2, 10_001)).toBe(held);
    fs.rmSync(path.join(job, "qm_hold.txt"));
    expect(watch.look(3, 20_000).hold).toBe(false);
  });

  it("are found though they come within the same tick of the folder's clock", () => {
    const watch = new RequestWatch(job);
    watch.look(1, 0);
    fs.writeFileSync(path.join(job, "QM_TOP"), "");
    expect(watch.look(1, 1).top).toBe(true);
  });

  it("cost no listing while the folder's time vouches for them", () => {
    const watch = new RequestWatch(job);
    watch.look(1, 0);
    watch.look(1, TRUSTED_MS);
    const list = vi.spyOn(fs, "readdirSync");
    for (let nowMs = TRUSTED_MS; nowMs < 60_000; nowMs += 1000) watch.look(1, nowMs);
    expect(list).not.toHaveBeenCalled();
  });

  it("are looked for again where the disk did not show them, however long nothing moves", () => {
    const watch = new RequestWatch(job);
    watch.look(1, 0);
    vi.spyOn(fs, "readdirSync").mockImplementationOnce(() => {
      throw Object.assign(new Error("no handles"), { code: "EMFILE" });
    });
    expect(watch.look(1, TRUSTED_MS).hold).toBe(true);
    expect(watch.look(1, TRUSTED_MS + 60_000).hold).toBe(false);
  });

  it("cost a tenth of the time where listing takes long, however often the folder changes", () => {
    const { readdirSync } = fs;
    const list = vi.spyOn(fs, "readdirSync").mockImplementation((...given) => {
      const begunMs = performance.now();
      while (performance.now() - begunMs < 5);
      return Reflect.apply(readdirSync, fs, given);
    });
    const watch = new RequestWatch(job);
    for (let nowMs = 0; nowMs < 200; nowMs += 1) watch.look(nowMs, nowMs);
    expect(list.mock.calls.length).toBeLessThanOrEqual(4);
    fs.writeFileSync(path.join(job, "QM_KILL"), "");
    expect(watch.look(200, 10_000).kill).toBe(true);
  });
});
