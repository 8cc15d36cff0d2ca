import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QueueView } from "../../../src/app/queue-view.ts";
import { type FrontSource, frontView } from "../../../src/web/view/front-view.ts";
import { ago, ended, quietView, running, waiting } from "../../storybook/domain.ts";
import { emptyFrontSource } from "../../storybook/pages.ts";
import { SILENT, shownWorker } from "../../support/published-status.ts";

const NOW_MS = Date.UTC(2026, 2, 6, 13, 20);

function viewOf(view: Partial<QueueView>, source: Partial<FrontSource> = {}) {
  return frontView({ ...emptyFrontSource(NOW_MS), view: quietView(view), ...source });
}

describe("the headline", () => {
  it("tells processors, jobs, the next start, free disk and that the manager is alive", () => {
    const { headline, manager } = viewOf({
      processors: { max: 16, busy: 1 },
      running: [running(NOW_MS, {})],
      arriving: [{ name: "new", state: "arriving", bytes: 1, files: 1, reason: "" }],
      waiting: [
        waiting(NOW_MS, { expectedStartSeconds: 2730 }),
        waiting(NOW_MS, { expectedStartSeconds: 5400 }),
        waiting(NOW_MS, {}),
      ],
    });
    expect(headline).toBe(
      "1 of 16 processors busy: 1 job running, 1 arriving, 3 waiting, the next to start in about 46 min. 812.0 GB of disk free.",
    );
    expect(manager).toEqual({ text: "The manager is alive.", since: undefined });
  });

  it("of a quiet queue tells no more than there is", () => {
    expect(viewOf({ processors: { max: 1, busy: 0 } }).headline).toBe(
      "0 of 1 processor busy: 0 jobs running, 0 waiting. 812.0 GB of disk free.",
    );
  });

  it("tells since when the manager is gone, or that there never was one", () => {
    const gone = viewOf({ manager: { kind: "absent", lastSeen: ago(NOW_MS, 5400) } });
    expect(gone.manager).toMatchObject({
      text: "No manager runs; the last one was seen",
      since: { relative: "1 h 30 min ago", iso: "2026-03-06T11:50:00.000Z" },
    });
    expect(gone.title).toBe("manager stopped · QueueManager");
    expect(gone.notices[0]).toContain("qm start");
    const never = viewOf({ manager: { kind: "absent" } });
    expect(never.manager).toEqual({ text: "No manager runs.", since: undefined });
  });

  it("tells that the manager is silent, and a notice tells what it is", () => {
    const silent = viewOf({ silence: "the manager (pid 1) has given no sign of life for 40 s" });
    expect(silent.manager.text).toBe("The manager gives no sign of life.");
    expect(silent.notices).toEqual(["The manager (pid 1) has given no sign of life for 40 s"]);
  });
});

describe("the notices", () => {
  it("tell all that stands in the queue's way, the worst first, each a sentence", () => {
    const { notices } = viewOf({
      manager: { kind: "absent" },
      closed: "low disk: 120 MB free",
      notices: ["the mail server \u0007 is down"],
    });
    expect(notices).toEqual([
      "No manager runs: no job starts. What runs goes on; its end is recorded at the next `qm start`.",
      "Low disk: 120 MB free",
      "The mail server \\x07 is down",
    ]);
  });

  const PAUSED = "the queue is paused by ann: take away the file QM_PAUSE to go on, or use `qm resume`";
  const HELD = "held: take away the file QM_HOLD to release it, or use `qm release`";

  it("of a pause or a hold name the file only to those who have no button for it", () => {
    const view = { paused: true, closed: PAUSED, waiting: [waiting(NOW_MS, { held: true, reason: HELD })] };
    const withButtons = viewOf(view);
    expect(withButtons.notices).toEqual(["The queue is paused by ann"]);
    expect(withButtons.waiting[0]?.reason).toBe("held");
    const without = viewOf(view, { permissions: { act: false, delete: false } });
    expect(without.notices).toEqual([PAUSED.replace("the", "The")]);
    expect(without.waiting[0]?.reason).toBe(HELD);
  });

  it("tell of a pause that no manager has seen yet", () => {
    expect(viewOf({ paused: true }).notices).toEqual(["The queue is paused"]);
  });
});

it("a waiting job that wants more processors than there are shows what they are lowered to", () => {
  const wide = [waiting(NOW_MS, { processors: 100 }), waiting(NOW_MS, { processors: 16 })];
  const rows = viewOf({ processors: { max: 16, busy: 0 }, waiting: wide }).waiting;
  expect(rows.map(({ processors }) => processors)).toEqual(["100, lowered to 16", "16"]);
});

describe("a running job", () => {
  it("has its time, its limit, how far it is, when it may end, and the last line of its log", () => {
    const job = running(NOW_MS, {
      name: "a b",
      seconds: 600,
      timeLimitSeconds: 7200,
      log: "1 / 4",
      note: "ends\u001b",
    });
    const { running: rows } = viewOf({ running: [job] }, { lastLines: new Map([["a b", "step\u0000 1"]]) });
    expect(rows).toEqual([
      expect.objectContaining({
        id: "job-a%20b",
        link: "/jobs/a%20b",
        elapsed: "10 min",
        limit: "of 2 h",
        progress: { percent: 25, text: "1 / 4", left: "about 30 min left" },
        lastLine: "step\\x00 1",
        note: "ends\\x1b",
        act: expect.objectContaining({ kill: "/kill/a%20b" }),
      }),
    ]);
  });

  it("that has ended is not expected to end", () => {
    const leftOf = (state: "running" | "ending") =>
      viewOf({ running: [{ ...running(NOW_MS, { state }), expectedEndSeconds: 0 }] }).running[0]?.left;
    expect([leftOf("running"), leftOf("ending")]).toEqual(["may end any moment", ""]);
  });

  it.each([
    ["starting", "starting…"],
    ["running", ""],
    ["ending", "ending…"],
  ] as const)("that is %s says %j, and has no progress where it tells none", (state, note) => {
    const [row] = viewOf({ running: [running(NOW_MS, { state })] }).running;
    expect(row).toMatchObject({ note, progress: undefined, lastLine: "" });
  });
});

describe("times", () => {
  const zone = process.env["TZ"];

  beforeAll(() => {
    process.env["TZ"] = "Europe/Paris";
  });

  afterAll(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  it("are told as how long ago, with the moment itself in the server's zone behind it", () => {
    const { waiting: rows } = viewOf({ waiting: [waiting(NOW_MS, { seconds: 2700 })] });
    expect(rows[0]?.queued).toEqual({
      iso: "2026-03-06T12:35:00.000Z",
      absolute: "2026-03-06 13:35:00 +0100",
      relative: "45 min ago",
    });
  });
});

describe("ended jobs", () => {
  it("have outcome, duration, size, and a reason where they were not done", () => {
    const jobs = [
      ended(NOW_MS, { name: "good", ranSeconds: 12_100, size: "2.1 Gb" }),
      ended(NOW_MS, { name: "bad", state: "failed", reason: "exit code 3", stage: "lost" }),
      ended(NOW_MS, { name: "hasty", warning: "left 1 process running\u0007" }),
      ended(NOW_MS, { name: "both", state: "failed", reason: "exit code 3", warning: "left 1" }),
    ];
    const { ended: rows } = viewOf({}, { ended: { jobs, total: 2 } });
    expect(rows[0]).toMatchObject({ word: "done", ran: "3 h 21 min", size: "2.1 Gb", reason: "" });
    expect(rows[2]).toMatchObject({ word: "done (warning)", reason: "left 1 process running\\x07" });
    expect(rows[3]).toMatchObject({ word: "FAILED", reason: "exit code 3; left 1" });
    expect(rows[1]).toMatchObject({
      word: "FAILED",
      reason: "exit code 3",
      size: "",
      act: { delete: "/delete/QM_lost%2Bfound/bad" },
      zipLink: "/download/bad",
    });
  });

  it("that were not done stand apart, with a way to all of them", () => {
    const jobs = [ended(NOW_MS, { name: "bad", state: "failed" })];
    const view = viewOf({}, { failures: { jobs, total: 7 } });
    expect(view).toMatchObject({ failureCount: 7, allFailuresLink: "/?outcome=failure#ended" });
    expect(view.failures[0]?.id).toBe("failure-bad");
  });
});

it("the folder to copy into is told as people see it", () => {
  expect(viewOf({}).queueFolder).toBe("/srv/lab/QM/QM_qJobs");
  expect(viewOf({}, { pathAs: "\\\\lab\\QM" }).queueFolder).toBe("\\\\lab\\QM\\QM_qJobs");
});

describe("a page of a list", () => {
  const many = Array.from({ length: 31 }, (_, at) => waiting(NOW_MS, { name: `w${at}`, rank: at + 1 }));
  const asked = (waitingPage: number, page = 1) => ({
    query: { filter: {}, page, waitingPage, isStill: false },
  });

  it("leads to its neighbours", () => {
    const { waitingPaging, waiting: rows } = viewOf({ waiting: many }, asked(1));
    expect(rows).toHaveLength(25);
    expect(waitingPaging).toEqual({
      page: 1,
      pages: 2,
      newerLink: undefined,
      olderLink: "/?waiting=2#waiting",
    });
    expect(viewOf({ waiting: many }, asked(2)).waitingPaging).toMatchObject({
      newerLink: "/#waiting",
      olderLink: undefined,
    });
  });

  it("beyond the last is the last", () => {
    const { waiting: rows, waitingPaging } = viewOf({ waiting: many }, asked(99));
    expect(rows.map(({ name }) => name)).toEqual(["w25", "w26", "w27", "w28", "w29", "w30"]);
    expect(waitingPaging).toMatchObject({ page: 2, pages: 2, newerLink: "/#waiting" });
    const few = viewOf({ waiting: many.slice(0, 2) }, { ...asked(999, 7), ended: { jobs: [], total: 3 } });
    expect(few.waiting).toHaveLength(2);
    expect(few).toMatchObject({ waitingPaging: { page: 1, pages: 1 }, endedPaging: { page: 1, pages: 1 } });
  });
});

describe("the workers", () => {
  it("are shown where there are several, or the one gets no jobs", () => {
    const paused = shownWorker("lab1", { state: "paused", paused: true, closed: "paused by ann" });
    expect(viewOf({ workers: [shownWorker("lab1")] }).workers).toEqual([]);
    expect(viewOf({ workers: [paused] }).workers).toMatchObject([{ name: "lab1", closed: "paused by ann" }]);
    const jobs = Array.from({ length: 7 }, (_, at) => `job-${at}`);
    const several = viewOf({
      workers: [
        shownWorker("lab1", { running: jobs, pools: ["day"], maxJobs: 9 }),
        shownWorker("lab2", SILENT),
      ],
    });
    expect(several.workers).toMatchObject([
      { offers: "pool day · 9 at a time", more: 2, lastWord: undefined, closed: "" },
      { host: "lab2.example", lastWord: { iso: SILENT.lastWord } },
    ]);
    expect(several.workers[0]?.running.map(({ link }) => link).slice(0, 2)).toEqual([
      "/jobs/job-0",
      "/jobs/job-1",
    ]);
  });

  it("lower the processors of a waiting job to those of the largest", () => {
    const workers = [shownWorker("lab1"), shownWorker("lab2", { processors: { max: 6, busy: 0 } })];
    const wide = [waiting(NOW_MS, { processors: 8 })];
    expect(viewOf({ workers, processors: { max: 10, busy: 0 }, waiting: wide }).waiting[0]?.processors).toBe(
      "8, lowered to 6",
    );
  });
});
