import { Router } from "express";
import type { WebContext } from "../context.ts";
import { lastLinesOf } from "../live/last-lines.ts";
import { readFrontQuery } from "../view/front-query.ts";
import { ENDED_ON_A_PAGE, type FrontView, frontView } from "../view/front-view.ts";
import { permissionsOf } from "../view/permissions.ts";

const FAILURES_SHOWN = 5;
const FAILURE_DAYS = 7;

/** The front page, under its own address and the original's. */
export function frontRouter(context: WebContext): Router {
  const router = Router();
  router.get(["/", "/QM"], async (request, response) => {
    context.render(response, "front", { ...(await makeView(context, request.query)) });
  });
  return router;
}

async function makeView(context: WebContext, asked: Readonly<Record<string, unknown>>): Promise<FrontView> {
  const query = readFrontQuery(asked);
  const nowMs = Date.now();
  const { config, layout } = context.queue();
  await context.ended.refresh();
  const view = context.live.view();
  const sinceMs = nowMs - FAILURE_DAYS * 86_400_000;
  return frontView({
    view,
    lastLines: lastLinesOf(
      layout,
      view.running.map(({ name }) => name),
    ),
    ended: await context.ended.page(query.filter, (query.page - 1) * ENDED_ON_A_PAGE, ENDED_ON_A_PAGE),
    failures: await context.ended.newest(({ state }) => state !== "done", sinceMs, FAILURES_SHOWN),
    owners: context.ended.owners(),
    query,
    permissions: permissionsOf(config),
    details: config.web.displayDetails,
    queueFolder: layout.queue,
    nowMs,
  });
}
