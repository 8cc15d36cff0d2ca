/** An action on one job. */
export type JobAction = "kill" | "lost" | "hold" | "release" | "top" | "reassign" | "redo" | "delete";

/** An action on the queue as a whole. */
export type QueueAction = "pause" | "resume";

/** An action on one of the workers. */
export type WorkerAction = "pause_worker" | "resume_worker" | "forget_worker";

/** Everything that somebody may ask for. */
export type AnyAction = JobAction | QueueAction | WorkerAction;

/** States of a job that decide what may be done with it. */
export type ActionState = "arriving" | "waiting" | "held" | "running" | "ending" | "ended";

/** The rights of somebody. */
export interface Permissions {
  /** Ends, holds, moves to the head, runs again, pauses. */
  readonly act: boolean;
  /** Deletes folders of ended jobs. */
  readonly delete: boolean;
}

interface Action {
  /** The permission that it takes. */
  readonly needs: keyof Permissions;
  /** The request that is put into the folder; an action without any request moves the folder itself. */
  readonly puts?: "kill" | "lost" | "hold" | "top" | "reassign" | "pause";
  /** The request that is taken away. */
  readonly takes?: "hold" | "pause";
  readonly summary: string;
  /** The verb of `qm` that does it, where that is not its name. */
  readonly verb?: string;
}

interface ActionOnJob extends Action {
  /** The states in which it makes sense. */
  readonly states: readonly ActionState[];
  readonly participle: string;
}

/** Everything that may be asked for a job, in the order in which it is listed. */
export const JOB_ACTIONS: Readonly<Record<JobAction, ActionOnJob>> = {
  kill: {
    states: ["arriving", "waiting", "held", "running"],
    needs: "act",
    puts: "kill",
    participle: "killed",
    summary: "Ends a running job, or withdraws a waiting one",
  },
  lost: {
    states: ["running", "ending"],
    needs: "act",
    puts: "lost",
    participle: "given up",
    summary: "Gives up a job whose worker is not heard of",
  },
  hold: {
    states: ["waiting"],
    needs: "act",
    puts: "hold",
    participle: "held",
    summary: "Keeps a waiting job from starting",
  },
  release: {
    states: ["held"],
    needs: "act",
    takes: "hold",
    participle: "released",
    summary: "Lets a held job start again",
  },
  top: {
    states: ["waiting", "held"],
    needs: "act",
    puts: "top",
    participle: "sent to the top",
    summary: "Sends a waiting job to the head of its priority",
  },
  reassign: {
    states: ["waiting", "held"],
    needs: "act",
    puts: "reassign",
    participle: "reassigned",
    summary: "Lets a waiting job run on another worker, in a pool or anywhere, whatever its info file says",
  },
  redo: {
    states: ["ended"],
    needs: "act",
    participle: "run again",
    summary: "Moves an ended job back into the queue as its next attempt",
  },
  delete: {
    states: ["ended"],
    needs: "delete",
    participle: "deleted",
    summary: "Deletes the folder of an ended job for good; the statistics keep it",
  },
};

/** The names of {@link JOB_ACTIONS}. */
export const JOB_ACTION_NAMES = Object.keys(JOB_ACTIONS) as readonly JobAction[];

/** Everything that may be asked for the queue. */
export const QUEUE_ACTIONS: Readonly<Record<QueueAction, Action>> = {
  pause: {
    needs: "act",
    puts: "pause",
    summary: "Pauses the queue: what runs goes on, nothing starts",
  },
  resume: { needs: "act", takes: "pause", summary: "Lets jobs start again" },
};

/** The names of {@link QUEUE_ACTIONS}. */
export const QUEUE_ACTION_NAMES = Object.keys(QUEUE_ACTIONS) as readonly QueueAction[];

/** Everything that may be asked for a worker. */
export const WORKER_ACTIONS: Readonly<Record<WorkerAction, Action>> = {
  pause_worker: {
    needs: "act",
    summary: "Pauses a worker: what runs there goes on, nothing starts there",
    verb: "workers pause",
  },
  resume_worker: { needs: "act", summary: "Lets jobs start on a worker again", verb: "workers resume" },
  forget_worker: {
    needs: "act",
    summary: "Forgets a worker that is not heard of and has no jobs",
    verb: "workers forget",
  },
};

/** Everything that may be asked for. */
export const ACTIONS: Readonly<Record<AnyAction, Action>> = {
  ...JOB_ACTIONS,
  ...QUEUE_ACTIONS,
  ...WORKER_ACTIONS,
};
