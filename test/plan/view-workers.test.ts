import { describe, expect, it } from "vitest";
import { placesOf, plan } from "../../src/plan/plan.ts";
import { viewStatus } from "../../src/plan/view-status.ts";
import { describeSilent, viewWorkers } from "../../src/plan/view-workers.ts";
import { pausedWorker } from "../../src/plan/worker.ts";
import { worker } from "./schedule-arbitraries.ts";
import { info, launch, rules, run, running, snapshot, waiting } from "./snapshots.ts";

const lab1 = worker("lab1", 4, { host: "lab1.example", pools: ["day"], labels: ["gpu"], maxJobs: 2 });
const silent = {
  closed: "no word since 14:02",
  hearing: "silent" as const,
  lastWordMs: Date.parse("2026-11-22T14:02:00.000Z"),
};
const lab2 = worker("lab2", 8, silent);
const wide = { worker: "lab2", launch: launch("wide", { processors: 3 }) };
const there = [run("wide", running(), wide), run("small", running(), { worker: "lab2" })];

describe("the workers as people see them", () => {
  it("have what they offer, and what they run", () => {
    const runs = [run("busy", running(), { worker: "lab1", launch: launch("busy", { processors: 2 }) })];
    expect(viewWorkers({ workers: [lab1, worker("lab3", 1)], runs, queue: [] })).toEqual([
      {
        name: "lab1",
        host: "lab1.example",
        processors: { max: 4, busy: 2 },
        maxJobs: 2,
        pools: ["day"],
        labels: ["gpu"],
        onlyNamed: false,
        running: ["busy"],
        waiting: 0,
        state: "open",
        paused: false,
      },
      {
        name: "lab3",
        processors: { max: 1, busy: 0 },
        pools: [],
        labels: [],
        onlyNamed: false,
        running: [],
        waiting: 0,
        state: "open",
        paused: false,
      },
    ]);
  });

  it("have the number of waiting jobs that could run there, without those that are held", () => {
    const queue = [
      waiting("any", {}),
      waiting("by day", { info: info({ pool: "day" }) }),
      waiting("by name", { info: info({ workers: ["LAB1"] }) }),
      waiting("held", { held: true }),
      waiting("nowhere", { info: info({ needs: ["tpu"] }) }),
    ];
    const named = worker("lab3", 1, { onlyNamed: true });
    const seen = viewWorkers({ workers: [lab1, worker("lab2", 1), named], runs: [], queue });
    expect(seen.map(({ waiting: count }) => count)).toEqual([3, 1, 0]);
  });

  it("tell of one that is not heard of, and that its jobs may well be running", () => {
    expect(viewWorkers({ workers: [lab2], runs: there, queue: [] })[0]).toMatchObject({
      state: "silent",
      closed: "no word since 14:02; its 2 jobs may well be running",
      lastWord: "2026-11-22T14:02:00.000Z",
    });
    expect(describeSilent({ workers: [lab1, lab2], runs: there })).toEqual([
      "worker lab2: no word since 14:02; its 2 jobs may well be running",
    ]);
    expect(viewWorkers({ workers: [lab2], runs: [], queue: [] })[0]?.closed).toBe("no word since 14:02");
    expect(describeSilent({ workers: [lab1, lab2], runs: [] })).toEqual([]);
  });

  it("are paused by somebody, whatever else closes them", () => {
    const [paused, both, ill] = viewWorkers({
      workers: [
        pausedWorker(lab1, "paused by ann"),
        pausedWorker(lab2, "paused by ann"),
        worker("lab4", 1, { closed: "no licence server" }),
      ],
      runs: [],
      queue: [],
    });
    expect(paused).toMatchObject({ state: "paused", paused: true, closed: "paused by ann" });
    expect(both).toMatchObject({
      state: "silent",
      paused: true,
      closed: "paused by ann; no word since 14:02",
    });
    expect(ill).toMatchObject({ state: "closed", paused: false, closed: "no licence server" });
  });

  it("are named with what runs on them where there are several", () => {
    const on = (workers: (typeof lab1)[]) => {
      const seen = snapshot({ workers, runs: there });
      return viewStatus(seen, plan(seen, rules), []).running.map(({ worker: name }) => name);
    };
    expect(on([lab1, lab2])).toEqual(["lab2", "lab2"]);
    expect(on([lab2])).toEqual([undefined, undefined]);
  });
});

it("a worker that is silent or paused counts for how far nb_proc is lowered, and is given nothing", () => {
  const queue = [waiting("huge", { info: info({ processors: 20 }) }), waiting("small")];
  for (const closed of [lab2, pausedWorker(worker("lab2", 8), "paused by ann")])
    expect(plan(snapshot({ workers: [lab1, closed], queue }), rules).starts).toMatchObject([
      { name: "small", worker: "lab1" },
    ]);
  const open = plan(snapshot({ workers: [lab1, worker("lab2", 8)], queue }), rules);
  expect(open.starts).toMatchObject([{ name: "huge", worker: "lab2", processors: 8 }, { name: "small" }]);
});

it("without any worker nothing starts, and each job says so", () => {
  const seen = snapshot({ workers: [], queue: [waiting("a", { info: info({ processors: 8 }) })] });
  const decided = plan(seen, rules);
  expect(decided.starts).toEqual([]);
  expect(viewStatus(seen, decided, placesOf(seen, rules, decided)).waiting).toMatchObject([
    { reason: "no worker is there: Local_Worker is False, and `qm worker` runs nowhere", processors: 8 },
  ]);
});
