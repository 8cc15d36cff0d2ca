import fs from "node:fs";
import path from "node:path";
import { FILE_PREFIX } from "../../src/queue/intake/land-file.ts";
import { auditedScript, readAudit } from "../support/audit.ts";
import type { Settings } from "../support/queue-folder.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

/** The course of a job's life, and its end whatever happens to the manager meanwhile. */
export interface Course {
  readonly title: string;
  /** The delivered job: until a job of one kind is started, its life is the same in every course. */
  readonly delivers: "runnable" | "invalid" | "unwanted" | "file";
  readonly settings: Settings;
  readonly mails: boolean;
  readonly deliver: (queue: TestQueue, auditFile: string) => void;
  /** Events before the start of the manager whose calls matter. */
  readonly before?: (queue: TestQueue, auditFile: string) => Promise<void>;
  readonly stage: "finished" | "lost";
  /** Lines of the history, oldest first. */
  readonly history: readonly string[];
  readonly starts: number;
}

const QUICK: Settings = { Settle_Time: 0.1, Poll_Interval: 0.1 };

/** A job's life in all the ways in which it can go, from its delivery on. */
export const COURSES: readonly Course[] = [
  {
    title: "fails and has a letter written",
    delivers: "runnable",
    settings: { ...QUICK, MailActive: "True" },
    mails: true,
    deliver: (queue, audit) => deliverScript(queue, auditedScript(audit, 7, "sleep 0.03")),
    stage: "finished",
    history: ["1 failed 7"],
    starts: 1,
  },
  {
    title: "runs and fails",
    delivers: "runnable",
    settings: QUICK,
    mails: false,
    deliver: (queue, audit) => deliverScript(queue, auditedScript(audit, 7, "sleep 0.03")),
    stage: "finished",
    history: ["1 failed 7"],
    starts: 1,
  },
  {
    title: "is killed while it runs",
    delivers: "runnable",
    // The grace counts from the decision: a slow machine must not come to KILL before the next manager is there.
    settings: { ...QUICK, Kill_Grace: 60 },
    mails: false,
    deliver: (queue, audit) =>
      deliverScript(queue, auditedScript(audit, 0, "echo itself >QM_KILL\nsleep 30")),
    stage: "finished",
    history: ["1 killed 143"],
    starts: 1,
  },
  {
    title: "is lost and requeued",
    delivers: "runnable",
    settings: { ...QUICK, On_Lost: "requeue" },
    mails: false,
    deliver: (queue, audit) =>
      deliverScript(queue, auditedScript(audit, 7, '[ "$QM_ATTEMPT" = 2 ] || kill -9 $PPID\nsleep 0.1')),
    stage: "finished",
    history: ["1 lost undefined", "2 failed 7"],
    starts: 2,
  },
  {
    title: "is invalid",
    delivers: "invalid",
    settings: { ...QUICK, MailActive: "True" },
    mails: true,
    deliver: (queue) => queue.deliver("job", { script: "true", nb_proc: "two", e_mail: "ada@lab.org" }),
    stage: "lost",
    history: ["1 invalid undefined"],
    starts: 0,
  },
  {
    title: "is withdrawn while it waits",
    delivers: "unwanted",
    settings: QUICK,
    mails: false,
    deliver: (queue) => queue.deliver("job", { script: "true" }, { QM_KILL: "tester\n" }),
    stage: "finished",
    history: ["1 killed undefined"],
    starts: 0,
  },
  {
    title: "comes as a plain file",
    delivers: "file",
    settings: QUICK,
    mails: false,
    deliver: ({ layout }, audit) => {
      const job = { Script: auditedScript(audit, 7, "sleep 0.03") };
      fs.writeFileSync(path.join(layout.queue, JOB_FILE), JSON.stringify({ Job: job }));
    },
    stage: "finished",
    history: ["1 failed 7"],
    starts: 1,
  },
];

const JOB_FILE = "job.json";

/** True while the file of a job lies in the queue and has no folder of the job's name yet. */
export function liesAsFile({ layout }: TestQueue): boolean {
  const hidden = fs.readdirSync(layout.queue).filter((name) => name.startsWith(FILE_PREFIX));
  return ["", ...hidden].some((folder) => fs.existsSync(path.join(layout.queue, folder, JOB_FILE)));
}

/** A job whose manager was killed while it ran, and which has ended since. */
export const ENDED_ALONE: Course = {
  title: "has ended while no manager ran",
  delivers: "runnable",
  settings: { ...QUICK, MailActive: "True" },
  mails: true,
  deliver: (queue, audit) =>
    deliverScript(queue, auditedScript(audit, 7, `until [ -e '${goFile(queue)}' ]; do sleep 0.02; done`)),
  before: async (queue, audit) => {
    await queue.start();
    await until("the job's start", () => readAudit(audit).starts.has("job"));
    await queue.manager.kill();
    fs.writeFileSync(goFile(queue), "");
    await until("the end of job and shim", () => queue.processes().length === 0);
  },
  stage: "finished",
  history: ["1 failed 7"],
  starts: 1,
};

function goFile(queue: TestQueue): string {
  return path.join(queue.base, "go");
}

function deliverScript(queue: TestQueue, script: string): void {
  queue.deliver("job", { script: ". ./run.sh", e_mail: "ada@lab.org" }, { "run.sh": script });
}
