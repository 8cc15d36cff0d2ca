import * as z from "zod";
import { statusSchema } from "../job/published-status.ts";
import { type JobRecord, recordSchema } from "../job/record.ts";
import type { QueueView } from "./queue-view.ts";

const { shape } = statusSchema;

const managerSchema = z.object({
  alive: z.boolean(),
  host: z.string().exactOptional(),
  pid: z.number().exactOptional(),
  worker: z.string().exactOptional(),
  startedAt: z.string().exactOptional(),
  lastSeen: z.string().exactOptional(),
  silentSeconds: z.number().exactOptional(),
});

/** The whole queue as programs get it. */
export const statusJsonSchema = z.object({
  version: z.literal(2),
  qmFolder: z.string(),
  manager: managerSchema,
  processors: shape.processors,
  launchType: shape.launchType,
  closed: shape.closed,
  idle: shape.idle,
  paused: shape.paused,
  disk: shape.disk,
  running: shape.running,
  waiting: shape.waiting,
  arriving: shape.arriving,
  strays: shape.strays,
  recent: z.array(recordSchema).readonly(),
  notices: shape.notices,
});

/** What `qm status --json` writes and the page's `status` answers. */
export type StatusJson = z.infer<typeof statusJsonSchema>;

/** The queue for programs. */
export function statusJson(qmFolder: string, view: QueueView, recent: readonly JobRecord[]): StatusJson {
  const { closed, idle, running, waiting, arriving, strays, processors, launchType, paused, disk } = view;
  return {
    version: 2,
    qmFolder,
    manager: managerJson(view.manager),
    processors,
    launchType,
    ...(closed === undefined ? {} : { closed }),
    ...(idle === undefined ? {} : { idle }),
    paused,
    disk,
    running,
    waiting,
    arriving,
    strays,
    recent,
    notices: view.silence === undefined ? view.notices : [view.silence, ...view.notices],
  };
}

function managerJson(manager: QueueView["manager"]): StatusJson["manager"] {
  if (manager.kind === "absent") {
    const { lastSeen } = manager;
    return lastSeen === undefined ? { alive: false } : { alive: false, lastSeen };
  }
  const { host, pid, worker, startedAt } = manager.status;
  const { silentSeconds } = manager;
  return {
    alive: true,
    host,
    pid,
    worker,
    startedAt,
    ...(silentSeconds === undefined ? {} : { silentSeconds }),
  };
}
