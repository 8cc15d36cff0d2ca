import type { QueueView } from "../../src/app/queue-view.ts";
import { counted } from "../../src/text/quantity.ts";
import { ENDED_ON_A_PAGE, type FrontSource, frontView } from "../../src/web/view/front-view.ts";
import { SILENT, shownWorker } from "../support/published-status.ts";
import { ago, ended, QM_FOLDER, quietView, running, waiting } from "./domain.ts";
import { HOSTILE, hostileAt } from "./hostile.ts";
import { hostileEnded, longEnded } from "./many-ended.ts";
import { emptyFrontSource, labFront } from "./pages.ts";
import type { Story } from "./story.ts";

type WaitingJob = QueueView["waiting"][number];

/** The front page in each state of a queue. */
export const frontStories: readonly Story[] = [
  { name: "front-empty", template: "front", model: (nowMs) => frontView(emptyFrontSource(nowMs)) },
  { name: "front-busy", template: "front", model: (nowMs) => frontView(labFront(nowMs)) },
  {
    name: "front-read-only",
    template: "front",
    model: (nowMs) => frontView({ ...labFront(nowMs), permissions: { act: false, delete: false } }),
  },
  { name: "front-failing", template: "front", model: (nowMs) => frontView(failingFront(nowMs)) },
  { name: "front-no-manager", template: "front", model: (nowMs) => frontView(leftFront(nowMs)) },
  {
    name: "front-paused",
    template: "front",
    model: (nowMs) =>
      frontView({
        ...labFront(nowMs),
        view: {
          ...labFront(nowMs).view,
          paused: true,
          closed: "the queue is paused by ann: take away the file QM_PAUSE to go on, or use `qm resume`",
        },
      }),
  },
  { name: "front-workers", template: "front", model: (nowMs) => frontView(workersFront(nowMs)) },
  { name: "front-hostile", template: "front", model: (nowMs) => frontView(hostileFront(nowMs)) },
  {
    name: "front-right-to-left",
    template: "front",
    model: (nowMs) => frontView(rightToLeftFront(nowMs)),
  },
  { name: "front-10000-rows", template: "front", model: (nowMs) => frontView(longFront(nowMs)) },
];

/** Four workers: one is silent while jobs run there, one is paused. */
function workersFront(nowMs: number): FrontSource {
  const { view, ...rest } = labFront(nowMs);
  const on = ["lab1", "lab1", "gpu-box", "lab2"];
  const running = view.running.map((job, at) => ({ ...job, worker: on[at] ?? "lab1" }));
  const silence = "no word since 14:02; its 1 job may well be running";
  const workers = [
    shownWorker("lab1", {
      processors: { max: 16, busy: 12 },
      pools: ["day", "night"],
      running: ["assembly-chr07", "docking-set-12"],
    }),
    shownWorker("gpu-box", {
      host: "gpu-box.lab.example",
      processors: { max: 8, busy: 2 },
      labels: ["gpu=a100", "cuda=12"],
      onlyNamed: true,
      maxJobs: 2,
      running: ["heart-ct-segmentation"],
    }),
    shownWorker("lab2", {
      ...SILENT,
      closed: silence,
      processors: { max: 8, busy: 1 },
      running: ["md-lysozyme-310K"],
      lastWord: ago(nowMs, 1080),
    }),
    shownWorker("lab3", {
      processors: { max: 4, busy: 0 },
      state: "paused",
      paused: true,
      closed: "paused by ben@lab3: new graphics card, back on Monday",
    }),
  ];
  const notices = [...view.notices, `worker lab2: ${silence}`];
  return { ...rest, view: { ...view, processors: { max: 36, busy: 15 }, workers, running, notices } };
}

function failingFront(nowMs: number): FrontSource {
  const { view, ...rest } = labFront(nowMs);
  const failed = Array.from({ length: 12 }, (_, at) =>
    ended(nowMs, {
      name: `assembly-chr${at + 1}`,
      seconds: 600 * (at + 1),
      state: at % 3 === 0 ? "timed_out" : at % 3 === 1 ? "failed" : "lost",
      reason: "the command ended with exit code 137 (signal SIGKILL)",
    }),
  );
  return {
    ...rest,
    view: {
      ...view,
      closed: "low disk: 120 MB free, 1000 MB needed",
      disk: { freeBytes: 1.2e8, neededBytes: 1e9 },
      waiting: view.waiting.map(withoutStart),
      notices: [
        "QMserv.cfg, line 12: «Poll_Intervall» is no key; did you mean «Poll_Interval»? The old values count.",
      ],
      strays: [
        { name: "notes.txt", reason: "it is a file: a job is a folder; put it into one and copy that" },
      ],
    },
    failures: { jobs: failed.slice(0, 5), total: failed.length },
    ended: { jobs: failed, total: failed.length },
  };
}

// The view by the folders alone: the jobs, and where they lie.
function leftFront(nowMs: number): FrontSource {
  const { view, ...rest } = labFront(nowMs);
  return {
    ...rest,
    view: {
      ...view,
      manager: { kind: "absent", lastSeen: ago(nowMs, 5400) },
      arriving: [],
      running: view.running.map((job) => ({ ...job, note: "no manager looks after it" })),
      waiting: view.waiting.map((job) => ({ ...withoutStart(job), reason: "no manager runs" })),
    },
  };
}

// While nothing starts, nobody knows when a job will.
function withoutStart({ expectedStartSeconds: _never, ...job }: WaitingJob): WaitingJob {
  return job;
}

function hostileFront(nowMs: number): FrontSource {
  const view = quietView({
    closed: hostileAt(0),
    notices: HOSTILE,
    running: HOSTILE.map((name, at) =>
      running(nowMs, {
        name,
        owner: hostileAt(at + 1),
        description: hostileAt(at + 2),
        note: hostileAt(at + 3),
        log: "1 / 2",
      }),
    ),
    waiting: HOSTILE.map((name, at) =>
      waiting(nowMs, {
        name: `w${name}`,
        owner: hostileAt(at + 1),
        description: hostileAt(at + 2),
        reason: hostileAt(at + 3),
        rank: at + 1,
      }),
    ),
    arriving: HOSTILE.map((name, at) => ({
      name: `a${name}`,
      state: "arriving" as const,
      bytes: 1,
      files: 1,
      reason: hostileAt(at + 1),
    })),
    strays: HOSTILE.map((name, at) => ({ name: `s${name}`, reason: hostileAt(at + 1) })),
  });
  const jobs = hostileEnded(nowMs);
  return {
    ...emptyFrontSource(nowMs),
    view,
    lastLines: new Map(HOSTILE.map((name, at) => [name, hostileAt(at + 4)])),
    ended: { jobs, total: jobs.length },
    failures: { jobs, total: jobs.length },
    owners: HOSTILE,
    query: {
      filter: { text: hostileAt(0), owner: hostileAt(1), outcome: "trouble" },
      page: 1,
      waitingPage: 1,
      isStill: false,
    },
    queueFolder: `${QM_FOLDER}/${hostileAt(0)}`,
  };
}

function rightToLeftFront(nowMs: number): FrontSource {
  const [name, owner, description] = ["ניסוי 7", "9 נועה", "تجربة 3"];
  const job = ended(nowMs, { name, owner, description, state: "failed", reason: "שגיאה" });
  return {
    ...emptyFrontSource(nowMs),
    view: quietView({ running: [running(nowMs, { name: "ריצה 12", owner, description })] }),
    ended: { jobs: [job], total: 1 },
    failures: { jobs: [job], total: 1 },
  };
}

function longFront(nowMs: number): FrontSource {
  const jobs = longEnded(nowMs).reverse();
  const failed = jobs.filter(({ state }) => state !== "done");
  return {
    ...labFront(nowMs),
    view: quietView({
      running: Array.from({ length: 32 }, (_, at) =>
        running(nowMs, { name: `running-${at}`, description: "one of many", log: `${at} / 32` }),
      ),
      waiting: Array.from({ length: 10_000 }, (_, at) =>
        waiting(nowMs, {
          name: `waiting-${at}`,
          rank: at + 1,
          description: "one of many",
          reason: `${counted(at, "job")} before it`,
        }),
      ),
    }),
    ended: { jobs: jobs.slice(0, ENDED_ON_A_PAGE), total: jobs.length },
    failures: { jobs: failed.slice(0, 5), total: failed.length },
  };
}
