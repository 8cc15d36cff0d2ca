import * as z from "zod";
import { queueStateSchema } from "../job/published-status.ts";
import { type JobRecord, recordSchema } from "../job/record.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import type { QueueView } from "./queue-view.ts";

const managerSchema = z.object({
  alive: z.boolean(),
  host: z.string().exactOptional(),
  pid: z.number().exactOptional(),
  worker: z.string().exactOptional(),
  startedAt: z.string().exactOptional(),
  lastSeen: z.string().exactOptional(),
  silentSeconds: z.number().exactOptional(),
});

const { notices, ...queueState } = queueStateSchema.shape;

/** The whole queue as programs get it. */
export const statusJsonSchema = z.object({
  version: z.literal(2),
  qmFolder: z.string(),
  manager: managerSchema,
  ...queueState,
  recent: z.array(recordSchema).readonly(),
  notices,
});

/** The answer of `qm status --json` and of the page's `status`. */
export type StatusJson = z.infer<typeof statusJsonSchema>;

/** The queue for programs. */
export function statusJson(qmFolder: string, view: QueueView, recent: readonly JobRecord[]): StatusJson {
  const { manager, silence, notices, ...state } = view;
  return {
    version: 2,
    qmFolder,
    manager: managerJson(manager),
    ...state,
    recent,
    notices: silence === undefined ? notices : [silence, ...notices],
  };
}

function managerJson(manager: QueueView["manager"]): StatusJson["manager"] {
  if (manager.kind === "absent") return withoutUndefined({ alive: false, lastSeen: manager.lastSeen });
  const { host, pid, worker, startedAt } = manager.status;
  return withoutUndefined({
    alive: true,
    host,
    pid,
    worker,
    startedAt,
    silentSeconds: manager.silentSeconds,
  });
}
