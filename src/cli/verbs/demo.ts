import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { personHere } from "../../app/actor.ts";
import { hasManager } from "../../app/manager-state.ts";
import type { Queue } from "../../app/queue.ts";
import { folderSource, submitJob } from "../../app/submit-job.ts";
import { openFolders } from "../../queue/first-start.ts";
import { QmError } from "../../text/errors.ts";
import { DemoJob, LiveView } from "../demo-job.ts";
import { startManager } from "../manager-child.ts";
import { openQueue } from "../open-queue.ts";
import { type AddVerb, commandName, type Session } from "../session.ts";
import { styleFor, writeLines } from "../terminal/output.ts";
import { stopManager } from "./stop.ts";

const LOOK_MS = 150;
/** Is longest at work, and so comes first; the only one that needs more than a shell. */
const PYTHON_EXAMPLE = "progress";
const EXAMPLES = ["hello", "xml-job", "script-only", "failing"];

/** `qm demo`: the example jobs at work in the session's queue, which without a configuration is `./QM`. */
export const addDemo: AddVerb = (program, bind) => {
  program
    .command("demo")
    .description("run the example jobs in ./QM and watch them; needs no configuration, takes some seconds")
    .action(bind(demo));
};

async function demo(session: Session): Promise<number> {
  const { io, services } = session;
  // From the first moment: unheard, Ctrl-C would leave behind a manager that is just being started.
  io.interruption();
  const queue = openQueue(session);
  openFolders(queue.layout);
  const { bold } = styleFor(io.stdout, io.env);
  const isOwn = !hasManager(queue.layout, services);
  const hasPython = services.findProgram("python3", searchPathOfJobs(session, queue)) !== undefined;
  writeLines(io.stdout, [
    bold(`QueueManager's demo: ${hasPython ? "five" : "four"} small jobs, one of which fails on purpose`),
    `  queue:    ${queue.layout.root}`,
    `  manager:  ${isOwn ? "started for the demo" : "the one that runs already"}`,
    ...(hasPython ? [] : [`  left out: ${PYTHON_EXAMPLE}, as there is no python3 for it`]),
    "",
  ]);
  if (isOwn) await startManager(session, queue);
  try {
    const jobs = await submitExamples(session, queue, hasPython ? [PYTHON_EXAMPLE, ...EXAMPLES] : EXAMPLES);
    await watchJobs(session, queue, jobs);
    return conclude(session, queue, jobs, isOwn);
  } finally {
    if (isOwn) await stopManager(session, queue, "leave");
  }
}

function searchPathOfJobs({ io }: Session, { config }: Queue): string {
  return config.jobEnvironment["PATH"] ?? io.env["PATH"] ?? "";
}

async function submitExamples(session: Session, queue: Queue, names: readonly string[]): Promise<DemoJob[]> {
  const examples = path.join(session.services.installation.root, "examples");
  const { processors: maxProcessors } = queue.config.worker;
  const rules = { ...queue, options: new Map(), maxProcessors, check: false };
  const jobs: DemoJob[] = [];
  for (const name of names) {
    const source = folderSource(examples, name, undefined, rules);
    const submitted = await submitJob(queue.layout, source, personHere(), session.io.interruption());
    jobs.push(new DemoJob(queue, submitted));
  }
  return jobs;
}

async function watchJobs({ io }: Session, queue: Queue, jobs: readonly DemoJob[]): Promise<void> {
  const view = new LiveView(io);
  const style = styleFor(io.stdout, io.env);
  const signal = io.interruption();
  for (;;) {
    view.draw(jobs.map((job) => job.line(style)));
    if (jobs.every((job) => job.hasEnded)) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted)
      throw new QmError("interrupted", "interrupted: jobs that run go on", { path: queue.layout.root });
  }
}

function conclude(session: Session, { layout }: Queue, jobs: readonly DemoJob[], isOwn: boolean): number {
  const { io } = session;
  const qm = commandName(session);
  const isAsMeant = jobs.every((job) => job.isAsMeant);
  const failing = jobs.find((job) => job.isMeantToFail);
  const listing = fs.readdirSync(layout.finished).length;
  writeLines(io.stdout, [
    "",
    isAsMeant
      ? `All as it should be; ${failing?.name ?? "one"} failed on purpose, to show what a failure looks like.`
      : "Not all jobs ended as they should; their logs tell why.",
    `  results:  ${layout.finished} (${listing} jobs: what each wrote, process.log, QM_status.txt)`,
    `  look:     ${qm} status, ${qm} show ${failing?.name ?? ""}, ${qm} log ${failing?.name ?? ""}`,
    `  next:     ${isOwn ? `\`${qm} start\`, then ` : ""}copy a job folder of your own into ${layout.queue}`,
  ]);
  return isAsMeant ? 0 : 1;
}
