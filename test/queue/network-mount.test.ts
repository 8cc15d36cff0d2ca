import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { QueueEntry } from "../../src/plan/snapshot.ts";
import { Admissions } from "../../src/queue/intake/admissions.ts";
import { QueueScan } from "../../src/queue/intake/queue-scan.ts";
import { takeStopRequest } from "../../src/queue/manager-requests.ts";
import { NameIndex } from "../../src/queue/stages.ts";
import { mountBlindly } from "../support/blind-mount.ts";
import { fill, scratchFolder } from "../support/scratch.ts";
import { admission } from "./admission.ts";

const RULES = {
  everyMs: () => 0,
  listEveryMs: () => 0,
  budgetMs: Number.POSITIVE_INFINITY,
  closelyMs: 0,
  isUnfinished: () => false,
  jobFiles: () => [],
};
const SETTLE_SECONDS = 2;
/** No time vouches for a listing before. */
const LONG_SECONDS = 10;

describe("on a network mount with long-lived caches", () => {
  let folder = "";
  let admissions: Admissions;
  let scan: QueueScan;
  let nowMs = 0;

  beforeEach(() => {
    folder = scratchFolder();
    admissions = new Admissions(path.join(scratchFolder(), "admissions.jsonl"));
    scan = new QueueScan(folder, admissions, RULES);
    nowMs = 0;
  });

  function look(laterSeconds: number): readonly QueueEntry[] {
    nowMs += laterSeconds * 1000;
    vi.spyOn(performance, "now").mockReturnValue(nowMs);
    scan.advance(nowMs, Number.POSITIVE_INFINITY);
    return scan.observe(nowMs, SETTLE_SECONDS);
  }

  function put(name: string): string {
    const job = path.join(folder, name);
    fs.mkdirSync(job);
    fill(job, { "job.sh": "echo" });
    return job;
  }

  it("a new folder is seen between the passes, as nothing tells of it", () => {
    scan = new QueueScan(folder, admissions, { ...RULES, everyMs: () => 2000, listEveryMs: () => 1000 });
    mountBlindly(folder);
    expect(look(LONG_SECONDS)).toEqual([]);
    expect(scan.nextDueMs()).toBe(nowMs + 1000);
    put("new");
    expect(scan.advance(nowMs + 999, Number.POSITIVE_INFINITY)).toBe(false);
    expect(scan.advance(nowMs + 1000, Number.POSITIVE_INFINITY)).toBe(true);
  });

  it("a new folder is seen at the next look", () => {
    put("first");
    mountBlindly(folder);
    look(0);
    look(LONG_SECONDS);
    put("second");
    expect(look(1).map(({ name }) => name)).toEqual(["first", "second"]);
  });

  it("a request in a waiting job's folder is seen at the next look", () => {
    const job = put("job");
    mountBlindly(folder);
    admissions.set(admission("job", { folderMtimeMs: fs.statSync(job).mtimeMs }));
    expect(look(0)).toMatchObject([{ kind: "waiting", held: false }]);
    look(LONG_SECONDS);
    fs.writeFileSync(path.join(job, "QM_HOLD"), "");
    expect(look(1)).toMatchObject([{ held: true }]);
  });

  it("a copy that grows does not pass for whole", () => {
    const job = put("job");
    mountBlindly(folder);
    look(0);
    for (let seconds = 1; seconds < LONG_SECONDS; seconds += 1) {
      fs.appendFileSync(path.join(job, "job.sh"), "\n");
      expect(look(1)).toMatchObject([{ readiness: { kind: "settling" } }]);
    }
  });

  it("a request to stop is seen at the next look", () => {
    const request = path.join(folder, "stop");
    mountBlindly(folder);
    expect(takeStopRequest(request)).toBeUndefined();
    fs.writeFileSync(request, "drain\n");
    expect(takeStopRequest(request)).toMatchObject({ mode: "drain" });
  });

  it("a name that another machine has given is taken", () => {
    mountBlindly(folder);
    const names = new NameIndex(folder);
    expect(names.has("job")).toBe(false);
    put("job");
    expect(names.has("job")).toBe(true);
  });
});
