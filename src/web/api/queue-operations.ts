import * as z from "zod";
import { recentEnds } from "../../app/recent-ends.ts";
import { type StatusJson, statusJson } from "../../app/status-json.ts";
import { type Permissions, QUEUE_ACTIONS, type QueueAction } from "../../job/actions.ts";
import { pauseOrResume } from "../act.ts";
import type { WebContext } from "../context.ts";
import { PERIODS, readStatsQuery, SPANS } from "../stats/stats-query.ts";
import { type ApiRequest, actorOf, type Operation, readSent } from "./operation.ts";
import { listed } from "./schemas.ts";

const statsQuerySchema = z.object({
  by: z.enum(PERIODS).default("day").describe("Counted by day or by week."),
  days: z.enum(SPANS).default("30").describe("The days up to now that are counted."),
  owner: z.string().max(200).optional().describe("Only jobs of this owner, in any case."),
});

/** The operations on the queue as a whole. */
export const QUEUE_OPERATIONS: readonly Operation[] = [
  {
    id: "getStatus",
    method: "get",
    path: "/status",
    summary:
      "The queue: what runs, what waits and why, what has ended; as `qm status --json`, and what may be done with it",
    status: 200,
    answer: "Status",
    run: status,
  },
  {
    id: "getStats",
    method: "get",
    path: "/stats",
    summary: "Jobs, failures, processor hours and waiting, by owner and by day or week",
    query: statsQuerySchema,
    status: 200,
    answer: "Stats",
    run: stats,
  },
  pausing("pause"),
  pausing("resume"),
];

function status(
  context: WebContext,
  request: ApiRequest,
): StatusJson & { readonly permissions: Permissions } {
  const { queue, layout, live } = context;
  const { config } = queue();
  const told = statusJson(config.qmFolder, live.view(), recentEnds(layout).shown);
  const { running, waiting, recent } = told;
  return {
    ...told,
    running: listed(running, config),
    waiting: listed(waiting, config),
    recent: listed(recent, config),
    permissions: actorOf(context, request).permissions,
  };
}

async function stats(context: WebContext, request: ApiRequest): Promise<object> {
  const query = readStatsQuery(readSent(statsQuerySchema, request.query));
  const { total, byOwner, byPeriod } = await context.stats.ask(query, Date.now());
  return {
    version: 1,
    ...query,
    total,
    byOwner: byOwner.map(([owner, tally]) => ({ owner, ...tally })),
    byPeriod: byPeriod.map(([start, tally]) => ({ start, ...tally })),
  };
}

function pausing(action: QueueAction): Operation {
  return {
    id: action,
    method: "post",
    path: `/${action}`,
    summary: QUEUE_ACTIONS[action].summary,
    status: 202,
    answer: "Paused",
    refusals: [403],
    run: async (context, request) => {
      await pauseOrResume(context, action, actorOf(context, request));
      return { version: 1, paused: action === "pause" };
    },
  };
}
