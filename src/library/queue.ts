import path from "node:path";
import { type ActionOptions, act, removeDiscarded, stagesFor } from "../app/act.ts";
import { personHere } from "../app/actor.ts";
import { findGoneJob, findJob } from "../app/find-job.ts";
import { GrowingLog } from "../app/follow-log.ts";
import { absentQueue, isQueueThere, queueNamed, queueOf } from "../app/open-queue.ts";
import { processorsInForce } from "../app/other-configuration.ts";
import type { Queue as OpenedQueue } from "../app/queue.ts";
import { showJob } from "../app/shown-job.ts";
import { type Submitted, submitAndNumber } from "../app/submit-and-number.ts";
import { checkOptions, commandSource, folderSource } from "../app/submit-job.ts";
import { track, waitForEnd } from "../app/wait-for-end.ts";
import { liveness } from "../bin/liveness.ts";
import { loadConfig } from "../config/load.ts";
import type { JobAction } from "../job/actions.ts";
import { type EndedJob, endedJob, type Job } from "../job/job.ts";
import { QmError } from "../text/errors.ts";
import { ProblemsError } from "../text/problem.ts";
import { type FindQuery, type FoundJobs, findJobs } from "./find-jobs.ts";
import { type GivenCommand, infoOptions, type JobGiven, nameGiven, type SubmitOptions } from "./given.ts";

/** An end to waiting. */
export interface WaitLimits {
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
}

/** The outcome of an action on one job. */
export type ActionResult =
  | { readonly job: JobGiven; readonly kind: "done"; readonly name: string }
  | { readonly job: JobGiven; readonly kind: "refused"; readonly error: QmError };

/**
 * A queue as programs use it: jobs are submitted, waited for, followed, found and acted on as by the command line, with the rights of the
 * program's user on the folders. A manager is neither needed nor started. All errors are `QmError`.
 */
export class Queue {
  readonly #queue: OpenedQueue;

  private constructor(queue: OpenedQueue) {
    this.#queue = queue;
  }

  /**
   * Opens a queue that is there.
   * @param where its folder (`QM_FOLDER`), or the file that is its configuration. Throws `failed` where there is no queue, or the
   * configuration is wrong.
   */
  static open(where: string | { readonly config: string }): Queue {
    const loaded = loadConfig({
      env: process.env,
      cwd: process.cwd(),
      mayLackVariables: true,
      ...(typeof where === "string"
        ? { explicit: undefined, env: withoutConfig(process.env), queue: queueNamed(path.resolve(where)) }
        : { explicit: where.config }),
    });
    if (loaded.kind === "problems") throw new ProblemsError("the configuration is wrong", loaded.problems);
    const queue = queueOf(loaded.value);
    if (!isQueueThere(queue.layout))
      throw absentQueue(queue.layout, "give the folder with QM_qJobs in it; `qm init` makes a queue");
    return new Queue(queue);
  }

  /** The queue's folder, absolute. */
  get folder(): string {
    return this.#queue.layout.root;
  }

  /**
   * Copies a folder into the queue, or makes one for a command, and waits until the manager has admitted the job; where none runs, it
   * waits in the queue for one. Throws with everything that is wrong with it.
   */
  async submit(what: string | GivenCommand, options: SubmitOptions = {}): Promise<Submitted> {
    const { name, hold = false, signal = never(), ...info } = options;
    const rules = {
      ...this.#queue,
      options: checkOptions(infoOptions(info)),
      maxProcessors: processorsInForce(this.#queue, liveness),
      check: true,
    };
    const source =
      typeof what === "string"
        ? folderSource(process.cwd(), what, name, rules)
        : commandSource([what.command].flat(), name, rules, what.files);
    return await submitAndNumber(this.#queue.layout, liveness, source, personHere(), signal, hold);
  }

  /**
   * Waits until a job has ended. Throws `no_such_job`, `timeout`, `interrupted` after the signal, and `no_daemon` where no manager runs
   * that could account for its end.
   */
  async wait(job: JobGiven, { signal = never(), timeoutSeconds }: WaitLimits = {}): Promise<EndedJob> {
    const gone = findGoneJob(this.#queue.layout, nameGiven(job));
    if (gone !== undefined) return endedJob(gone.name, gone);
    return await waitForEnd(this.#queue, liveness, this.#tracked(job), { signal, timeoutSeconds });
  }

  /** The log of a job as text, as it is written; ends with the job. Throws as {@link wait} does. */
  async *follow(job: JobGiven, { signal, timeoutSeconds }: WaitLimits = {}): AsyncGenerator<string, void> {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const leaving = new AbortController();
    const either = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]);
    const written = this.#copyLog(job, writer, { signal: either, timeoutSeconds });
    try {
      for await (const text of readable.pipeThrough(new TextDecoderStream())) yield text;
    } finally {
      leaving.abort();
      await written;
    }
  }

  /** Everything about one job, by its name or number. Throws `no_such_job`. */
  show(job: JobGiven): Job {
    return showJob(this.#queue, liveness, nameGiven(job)).job;
  }

  /** The jobs that a query is for: those of the queue in their order, ended ones newest first. */
  find(query: FindQuery = {}): FoundJobs {
    return findJobs(this.#queue, liveness, query);
  }

  /** Acts on jobs one by one, as `qm kill` and its like do, or asks the manager for it. */
  async act(
    action: Exclude<JobAction, "reassign">,
    jobs: JobGiven | readonly JobGiven[],
    options: Pick<ActionOptions, "clean" | "machineIsOff"> = {},
  ): Promise<ActionResult[]> {
    const results: ActionResult[] = [];
    for (const job of [jobs].flat()) {
      try {
        results.push({ job, kind: "done", name: await this.#actOn(action, job, options) });
      } catch (error) {
        if (!(error instanceof QmError)) throw error;
        results.push({ job, kind: "refused", error });
      }
    }
    return results;
  }

  async #actOn(action: JobAction, job: JobGiven, options: ActionOptions): Promise<string> {
    const { layout } = this.#queue;
    const found = findJob(layout, nameGiven(job), stagesFor(action));
    const { name, trash } = act(layout, found, action, personHere(), options);
    if (trash !== undefined) await removeDiscarded(found, trash);
    return name;
  }

  #tracked(job: JobGiven) {
    return track(findJob(this.#queue.layout, nameGiven(job)));
  }

  /** Never throws: what goes wrong comes out where the log is read. */
  async #copyLog(
    job: JobGiven,
    writer: WritableStreamDefaultWriter<Uint8Array>,
    limits: { readonly signal: AbortSignal; readonly timeoutSeconds: number | undefined },
  ): Promise<void> {
    using log = new GrowingLog((bytes) => writer.write(Uint8Array.from(bytes)));
    try {
      await waitForEnd(this.#queue, liveness, this.#tracked(job), {
        ...limits,
        onLook: async (found) => {
          // While it waits its folder may hold the log of an earlier attempt.
          if (found !== undefined && found.stage !== "queue") await log.readNew(found.folder);
        },
      });
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => undefined);
    }
  }
}

// A folder is given: no variable may mean another queue.
function withoutConfig(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, QM_CONFIG: "" };
}

function never(): AbortSignal {
  return new AbortController().signal;
}
