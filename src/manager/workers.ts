import type { Launch } from "../job/launch.ts";
import type { Worker } from "../plan/worker.ts";
import type { Attempt } from "../queue/attempts/attempts.ts";
import type { LocalWorker } from "../worker/local-worker.ts";
import type { AttemptLook, WorkerPort } from "../worker/worker-port.ts";

/** An attempt with its news, and the worker that tells them. */
export interface LookedAt {
  readonly attempt: Attempt;
  readonly port: WorkerPort;
  readonly look: AttemptLook;
}

/** The machines that run the queue's attempts. */
export class Workers {
  /** The manager's own machine. */
  readonly own: LocalWorker;

  constructor(own: LocalWorker) {
    this.own = own;
  }

  /** All of them, as the plan sees them. */
  offers(): Worker[] {
    return [this.own.offer()];
  }

  /** The worker that a launch is for: also where it was made under another name of the manager's machine. */
  of(_launch: Pick<Launch, "worker">): WorkerPort {
    return this.own;
  }

  /** The news of attempts, each told by its worker. Throws where one cannot tell them whole. */
  look(attempts: readonly Attempt[]): LookedAt[] {
    const looks = this.own.look(attempts);
    return attempts.map((attempt, at) => ({ attempt, port: this.own, look: looks[at] as AttemptLook }));
  }
}
