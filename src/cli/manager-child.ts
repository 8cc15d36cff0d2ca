import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { managerState } from "../app/manager-state.ts";
import type { Queue } from "../app/queue.ts";
import { QmError } from "../text/errors.ts";
import { ownCommand, type Session } from "./session.ts";

const LOOK_MS = 50;
const PATIENCE_MS = 15_000;

/**
 * Starts a manager of the queue as a process of its own and waits until it has published its status. Throws `failed`, or
 * `interrupted`; the process has ended then.
 */
export async function startManager(session: Session, queue: Queue): Promise<void> {
  // Its own process group, so that Ctrl-C reaches it only through us.
  const child = spawn(...ownCommand(session, "daemon", "--quiet"), {
    cwd: session.io.cwd,
    env: session.io.env,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const deadlineMs = performance.now() + PATIENCE_MS;
  const signal = session.io.interruption();
  while (!isManagedBy(session, queue, child.pid)) {
    const isOver = child.exitCode !== null || performance.now() > deadlineMs;
    if (isOver || signal.aborted) await endChild(child);
    if (signal.aborted) throw new QmError("interrupted", "interrupted: nothing was started");
    if (isOver) throw notStarted(queue, complaint);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  child.stderr.destroy();
  child.unref();
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

function isManagedBy({ services }: Session, { layout }: Queue, pid: number | undefined): boolean {
  const state = managerState(layout, services);
  return state.kind === "alive" && state.status.pid === pid;
}

function notStarted({ layout }: Queue, complaint: string): QmError {
  const why = complaint.trim() === "" ? "" : `: ${complaint.trim()}`;
  return new QmError("failed", `the manager could not be started${why}`, {
    path: layout.root,
    mend: "`qm doctor` looks for the cause",
  });
}
