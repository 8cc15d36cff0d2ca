import path from "node:path";

/** The four folders a job can lie in, by what they are called. */
export type Stage = "queue" | "running" | "finished" | "lost";

/** All of them, in the order of a job's way. */
export const STAGES: readonly Stage[] = ["queue", "running", "finished", "lost"];

/** The names of their folders. */
export const STAGE_FOLDERS: Readonly<Record<Stage, string>> = {
  queue: "QM_qJobs",
  running: "QM_Jobs",
  finished: "QM_dJobs",
  lost: "QM_lost+found",
};

/** The folders and files of one queue, as absolute paths. The folder a job lies in is its state. */
export type Layout = Readonly<ReturnType<typeof layoutOf>>;

/** The paths of everything below `QM_FOLDER`. */
export function layoutOf(root: string) {
  const state = path.join(root, ".qm");
  return {
    root,
    queue: path.join(root, STAGE_FOLDERS.queue),
    running: path.join(root, STAGE_FOLDERS.running),
    finished: path.join(root, STAGE_FOLDERS.finished),
    lost: path.join(root, STAGE_FOLDERS.lost),
    /** The manager's own state. */
    state,
    /** The queue's id, which it has for good. */
    identity: path.join(state, "queue.json"),
    /** The manager that the queue has now. */
    manager: path.join(state, "manager.json"),
    status: path.join(state, "status.json"),
    log: path.join(state, "QueueManager.log"),
    history: path.join(state, "history.jsonl"),
    admissions: path.join(state, "admissions.jsonl"),
    /** A number below which any may have been given to a job. */
    nextNumber: path.join(state, "next-number"),
    lock: path.join(state, "lock"),
    stopRequest: path.join(state, "stop"),
    trash: path.join(state, "trash"),
    apiToken: path.join(state, "api-token"),
    /** Mails that wait to be sent. */
    outbox: path.join(state, "outbox"),
    /** Asks the manager to look at the outbox. */
    mailRequest: path.join(state, "mail-request"),
  };
}

/** The folder of the attempts' records of one worker. */
export function attemptsFolder(layout: Layout, worker: string): string {
  return path.join(layout.state, "workers", worker);
}

/** The files inside a job's own folder. */
export const JOB_FILES = {
  log: "process.log",
  statusText: "QM_status.txt",
  recordFolder: ".qm",
  record: path.join(".qm", "job.json"),
  inputs: path.join(".qm", "inputs.json"),
  /** In a folder that the manager has copied in. */
  origin: path.join(".qm", "origin.json"),
  /** The folder that the job has as TMPDIR. */
  temporary: path.join(".qm", "tmp"),
} as const;
