import path from "node:path";
import express, { type Express, Router } from "express";
import type { WebContext } from "./context.ts";
import { errorRoutes } from "./errors.ts";
import { inTurn, neverCached, queueFolderGuard, securityHeaders } from "./guard/headers.ts";
import { hostGuard } from "./guard/host.ts";
import { actionGuard } from "./guard/origin.ts";
import { isHeadAnswered } from "./live/event-stream.ts";
import { numberedAddresses } from "./numbered-addresses.ts";
import { actionsRouter } from "./routes/actions.ts";
import { apiErrors, apiRouter, longBodies } from "./routes/api.ts";
import { filesRouter } from "./routes/files.ts";
import { frontRouter } from "./routes/front.ts";
import { jobRouter } from "./routes/job.ts";
import { logRouter } from "./routes/log.ts";
import { healthRouter, metricsRouter } from "./routes/monitoring.ts";
import { statsRouter } from "./routes/stats.ts";
import { zipRouter } from "./routes/zip.ts";

/** Absolute paths of the templates and of the page's own files. */
export interface PageFiles {
  readonly viewsFolder: string;
  readonly morphScript: string;
}

const MAX_BODY_BYTES = 8 * 1024;

/** The page as one Express application: guards first, then one router for each concern. */
export function createApp(context: WebContext, { viewsFolder, morphScript }: PageFiles): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("views", viewsFolder);
  app.set("view engine", "ejs");
  app.enable("view cache");
  app.use(
    inTurn,
    securityHeaders(),
    hostGuard(() => context.queue().config.web),
    // These serve without the queue's folders too.
    staticRouter(viewsFolder, morphScript),
    neverCached,
    healthRouter(context),
    eventsRouter(context),
    queueFolderGuard(context.layout),
    longBodies(context),
    express.urlencoded({ extended: false, limit: MAX_BODY_BYTES, parameterLimit: 20 }),
    express.json({ limit: MAX_BODY_BYTES }),
    actionGuard(context.tokens),
    numberedAddresses(context),
    frontRouter(context),
    statsRouter(context),
    apiRouter(context),
    metricsRouter(context),
    jobRouter(context),
    logRouter(context),
    filesRouter(context),
    zipRouter(context),
    actionsRouter(context),
    apiErrors(context),
    ...errorRoutes(context),
  );
  return app;
}

/** Style and scripts: our own, and the library that updates a page in place. Asked for anew each time, sent when changed. */
function staticRouter(viewsFolder: string, morphScript: string): Router {
  const router = Router();
  router.get("/static/idiomorph.js", (_request, response) =>
    response.sendFile(morphScript, { maxAge: 0, dotfiles: "allow" }),
  );
  router.use("/static", express.static(path.join(viewsFolder, "static"), { index: false, maxAge: 0 }));
  return router;
}

/** The stream that tells open pages of changes. */
function eventsRouter({ events }: Pick<WebContext, "events">): Router {
  const router = Router();
  router.get("/events", (request, response) => {
    if (!isHeadAnswered(request, response)) events.add(response);
  });
  return router;
}
