import { describe, expect, it } from "vitest";
import { describeReason } from "../../src/plan/reasons.ts";
import { chooseStarts } from "../../src/plan/schedule.ts";
import type { QueuedJob } from "../../src/plan/schedule-input.ts";
import { demandOf, type Worker } from "../../src/plan/worker.ts";
import { processorMsOf } from "../support/cost.ts";
import { busy, inputOf, type LoneInput, open, queued, rules, worker } from "./schedule-arbitraries.ts";
import { schedule } from "./schedule-of.ts";

function scheduled(
  workers: readonly Worker[],
  waiting: readonly QueuedJob[],
  changes: Partial<LoneInput> = {},
) {
  return schedule({ waiting, busy: [], rules, gate: open, workers, ...changes });
}

/** `job on worker`, in the order of the starts. */
function placed(...input: Parameters<typeof scheduled>): string[] {
  return scheduled(...input).starts.map((start) => `${start.name} on ${start.worker}`);
}

function reasons(...input: Parameters<typeof scheduled>): string[] {
  return scheduled(...input).order.map(({ name, reason }) => `${name}: ${describeReason(reason)}`);
}

/** A waiting job with demands, in the words of its info file. */
function asking(
  name: string,
  asked: Parameters<typeof demandOf>[0],
  changes: Partial<QueuedJob> = {},
): QueuedJob {
  return queued(name, 1, { demand: demandOf(asked), ...changes });
}

const lab1 = worker("lab1", 4, { pools: ["day"], labels: ["matlab"] });
const lab2 = worker("lab2", 8, { pools: ["Night"], labels: ["GPU", "cuda=12"] });

describe("the worker on which a job starts", () => {
  it("is the one with the most free processors, as each start leaves them, and the first by name of several", () => {
    const waiting = [1, 2, 3].map((place) => queued(`job-${place}`, place, { processors: 4 }));
    expect(placed([lab2, lab1], waiting)).toEqual(["job-1 on lab2", "job-2 on lab1", "job-3 on lab2"]);
  });

  it.each<[string, Parameters<typeof demandOf>[0], string]>([
    ["is one that it names, in any case", { workers: ["LAB1", "lab9"] }, "lab1"],
    ["is of its pool, in any case", { pool: "night" }, "lab2"],
    ["has the labels that it needs, whatever their value", { needs: ["gpu", "cuda"] }, "lab2"],
    ["has the values that it needs", { needs: ["cuda=12"] }, "lab2"],
    ["offers enough cores", { needs: ["cores>=5"] }, "lab2"],
    ["offers no more cores than it may", { needs: ["cores<=4", "os=linux", "mem"] }, "lab1"],
    ["has the memory", { needs: ["mem>=64G", "cores=4"] }, "lab1"],
  ])("%s", (_, asked, name) => {
    expect(placed([lab1, lab2], [asking("job", asked)])).toEqual([`job on ${name}`]);
  });

  it("may be one that takes only jobs which name it", () => {
    const choosy = worker("lab3", 16, { onlyNamed: true });
    const waiting = [
      asking("named", { workers: ["lab3"] }),
      queued("other", 2),
      asking("pooled", { pool: "day" }),
    ];
    expect(placed([lab1, choosy], waiting)).toEqual(["named on lab3", "pooled on lab1", "other on lab1"]);
  });

  it("is no closed one", () => {
    const paused = worker("lab3", 3, { closed: "paused by ann" });
    expect(placed([lab1, paused], [queued("a", 1), queued("b", 2), queued("c", 3)])).toEqual([
      "a on lab1",
      "b on lab1",
      "c on lab1",
    ]);
  });

  it("runs no more jobs than it may at a time", () => {
    const two = worker("lab1", 8, { maxJobs: 2 });
    const waiting = [1, 2, 3].map((place) => queued(`job-${place}`, place));
    expect(placed([two], waiting)).toEqual(["job-1 on lab1", "job-2 on lab1"]);
    expect(placed([two, lab2], waiting.slice(1), { busy: [busy("x"), busy("y")] })).toEqual([
      "job-2 on lab2",
      "job-3 on lab2",
    ]);
  });

  it("gives the job what it wants, lowered to the most that a worker which fits has, a closed one too", () => {
    const huge = queued("huge", 1, { processors: 99 });
    expect(scheduled([lab1, lab2], [huge]).starts).toMatchObject([{ worker: "lab2", processors: 8 }]);
    const daily = asking("daily", { pool: "day" }, { processors: 99 });
    expect(scheduled([lab1, lab2], [daily]).starts).toMatchObject([{ worker: "lab1", processors: 4 }]);
    const silent = worker("lab3", 12, { closed: "no word since 14:02" });
    expect(placed([lab1, lab2, silent], [huge])).toEqual([]);
  });

  it("is any one, where one job runs at a time, and no other job runs then", () => {
    const blocking = { ...rules, launchType: "blocking" } as const;
    const waiting = [queued("a", 1), queued("b", 2)];
    expect(placed([lab1, lab2], waiting, { rules: blocking })).toEqual(["a on lab2"]);
    expect(placed([lab1, lab2], waiting, { rules: blocking, busy: [busy("x")] })).toEqual([]);
    const gone = [busy("x", { worker: "lab9" })];
    expect(placed([lab1, lab2], waiting, { rules: blocking, busy: gone })).toEqual([]);
  });
});

describe("fair share", () => {
  it("counts processors over all workers", () => {
    const waiting = [
      queued("a", 1, { owner: "ann", processors: 4 }),
      queued("b", 2, { owner: "bob", processors: 4 }),
    ];
    const running = [busy("x", { owner: "ann", worker: "lab2", processors: 8 })];
    expect(placed([lab1, lab2], waiting, { busy: running })).toEqual(["b on lab1"]);
  });
});

describe("the head of the order, where it fits nowhere now", () => {
  const wide = queued("wide", 1, { processors: 4 });
  const running = [
    busy("x", { worker: "lab1", timeLimitSeconds: 100 }),
    busy("y", { worker: "lab2", processors: 7, timeLimitSeconds: 50 }),
  ];

  it("keeps processors on the worker where it can start soonest, and others go on", () => {
    const waiting = [wide, queued("small", 2), queued("last", 3), queued("more", 4)];
    const choice = scheduled([lab1, lab2], waiting, { busy: running });
    expect(choice.keptFor).toEqual({ name: "wide", worker: "lab2" });
    // lab2 has four processors more than the head needs, once it starts.
    expect(choice.starts).toMatchObject([
      { name: "small", worker: "lab1", aheadOf: "wide" },
      { name: "last", worker: "lab1", aheadOf: "wide" },
      { name: "more", worker: "lab1", aheadOf: "wide" },
    ]);
  });

  it("is not delayed there by a job that could run elsewhere only", () => {
    const waiting = [wide, asking("nightly", { pool: "night" }, { place: 2, processors: 1 })];
    const exact = worker("lab2", 8, { pools: ["night"] });
    const full = [
      running[0] ?? busy("x"),
      busy("y", { worker: "lab2", processors: 5 }),
      busy("z", { worker: "lab2" }),
    ];
    const choice = scheduled([lab1, exact], waiting, { busy: full });
    expect(choice.keptFor).toEqual({ name: "wide", worker: "lab1" });
    expect(choice.starts).toMatchObject([{ name: "nightly", worker: "lab2" }]);
  });

  it("stays with its worker while no limit tells of another, though more is free there now", () => {
    const endless = [
      busy("x", { worker: "lab1", processors: 3 }),
      busy("y", { worker: "lab2", processors: 5 }),
    ];
    const at = { busy: endless, keptFor: { name: "wide", worker: "lab1" } };
    expect(scheduled([lab1, lab2], [wide], at).keptFor).toEqual({ name: "wide", worker: "lab1" });
    expect(scheduled([lab1, lab2], [wide], { busy: endless }).keptFor).toEqual({
      name: "wide",
      worker: "lab2",
    });
  });

  it("keeps a worker that runs as many jobs as it may until one of them ends", () => {
    const one = worker("lab1", 8, { maxJobs: 1 });
    const waiting = [queued("next", 1)];
    const choice = scheduled([one], waiting, { busy: [busy("x", { timeLimitSeconds: 30 })] });
    expect(choice.order).toMatchObject([{ name: "next", expectedStartSeconds: 30 }]);
  });
});

describe("ten thousand waiting jobs", () => {
  it("are chosen from within the pause of a pass, with twenty workers and many demands", () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      worker(`lab${index}`, 16, { pools: [`p${index % 3}`] }),
    );
    const waiting = Array.from({ length: 10_000 }, (_, place) => {
      const demand = demandOf({ pool: `p${place % 4}`, needs: [`cores>=${place % 17}`] });
      return queued(`job-${place}`, place, {
        processors: 1 + (place % 9),
        priority: place % 5,
        ...(place % 2 === 0 && { demand }),
      });
    });
    const running = many.map(({ name }) => busy(`on-${name}`, { worker: name, processors: 15 }));
    const at = inputOf({ waiting, busy: running, rules, gate: open, workers: many });
    expect(processorMsOf(() => chooseStarts(at))).toBeLessThan(500);
  });
});

describe("the reason of a job that waits", () => {
  const gpu = (name: string) => asking(name, { needs: ["gpu"] });

  it.each<[string, readonly Worker[], QueuedJob, string]>([
    [
      "a pool that nobody has",
      [lab1],
      asking("j", { pool: "night" }),
      "no worker has pool night: lab1 has day",
    ],
    [
      "a pool where there are none",
      [worker("lab1", 4)],
      asking("j", { pool: "night" }),
      "no worker has pool night: lab1 has none",
    ],
    [
      "a label that nobody has",
      [lab1, worker("lab3", 2)],
      gpu("j"),
      "no worker has label gpu: lab1 has matlab; lab3 has none",
    ],
    [
      "too much memory",
      [lab1],
      asking("j", { needs: ["mem>=65G"] }),
      "no worker has mem>=65G: lab1 has 64.0 GB",
    ],
    [
      "too many cores",
      [lab1, lab2],
      asking("j", { needs: ["cores>=16"] }),
      "no worker has cores>=16: lab1 has 4; lab2 has 8",
    ],
    [
      "another system",
      [lab1],
      asking("j", { needs: ["os=win32"] }),
      "no worker has os=win32: lab1 has linux",
    ],
    [
      "an unknown worker",
      [lab1, lab2],
      asking("j", { workers: ["lab8", "lab9"] }),
      "no worker is called lab8 or lab9: there are lab1, lab2",
    ],
    [
      "a worker without what it needs",
      [lab1, lab2],
      asking("j", { workers: ["lab1"], needs: ["gpu"] }),
      "no worker has label gpu: lab1 has matlab",
    ],
    [
      "more than any has",
      [lab1, lab2],
      asking("j", { pool: "day", needs: ["gpu", "cores>=6"] }),
      "no worker fits: lab1 lacks label gpu and cores>=6; lab2 lacks pool day",
    ],
    [
      "a worker that has to be named",
      [worker("lab1", 4, { onlyNamed: true })],
      queued("j", 1),
      "no worker takes it: lab1 takes only jobs that name it (Only_Named)",
    ],
    [
      "one that has to be named beside others",
      [lab1, worker("lab4", 4, { onlyNamed: true })],
      gpu("j"),
      "no worker has label gpu: lab1 has matlab; lab4 takes only jobs that name it (Only_Named)",
    ],
    [
      "a closed worker",
      [lab1, { ...lab2, closed: "paused by ann" }],
      gpu("j"),
      "lab2 gets no jobs: paused by ann",
    ],
    [
      "a closed one that is larger",
      [lab1, { ...lab2, closed: "paused" }],
      queued("j", 1, { processors: 6 }),
      "lab1 has 4 of 6 processors; lab2 gets no jobs: paused",
    ],
  ])("tells of %s, and holds up nobody", (_, workers, job, reason) => {
    const other = asking("other", { workers: ["lab1"] }, { place: 2 });
    expect(reasons(workers, [job, other])).toEqual([`j: ${reason}`]);
  });

  it("tells the room on each worker that fits, where there are several", () => {
    const full = [busy("x", { worker: "lab1", processors: 4 }), busy("y", { worker: "lab2", processors: 6 })];
    const waiting = [
      queued("wide", 1, { processors: 4 }),
      queued("next", 2, { processors: 8 }),
      asking("only", { needs: ["gpu"] }, { processors: 3 }),
    ];
    expect(reasons([lab1, lab2], waiting, { busy: full })).toEqual([
      "only: first in line: needs 3 processors; lab2 has 2 free",
      "wide: 2nd in line: needs 4 processors; lab1 has none free, lab2 has 2 free",
      "next: 3rd in line: needs 8 processors; lab1 has none free, lab2 has 2 free",
    ]);
  });

  it("names the worker on which it would delay the head", () => {
    const full = [busy("x", { worker: "lab1", processors: 4 }), busy("y", { worker: "lab2", processors: 6 })];
    const waiting = [queued("wide", 1, { processors: 8 }), queued("small", 2)];
    expect(reasons([lab1, lab2], waiting, { busy: full })[1]).toBe(
      "small: 2nd in line: needs 1 processor; must not delay «wide» on lab2",
    );
  });

  it("tells of a worker that runs as many jobs as it may", () => {
    const two = worker("lab1", 8, { maxJobs: 2 });
    expect(reasons([two], [queued("a", 1)], { busy: [busy("x"), busy("y")] })).toEqual([
      "a: first in line: needs 1 processor; lab1 runs 2 jobs, no more at a time (Max_Jobs)",
    ]);
  });

  it("names the first of many workers", () => {
    const many = Array.from({ length: 9 }, (_, index) => worker(`lab${index}`, 1));
    expect(reasons(many, [gpu("j")])).toEqual([
      "j: no worker has label gpu: lab0 has none; lab1 has none; lab2 has none; lab3 has none; lab4 has none and 4 more",
    ]);
  });
});
