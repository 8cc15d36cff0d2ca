import { Router } from "express";
import type { WebContext } from "../context.ts";

/** The stream that tells open pages of changes. */
export function eventsRouter({ events }: Pick<WebContext, "events">): Router {
  const router = Router();
  router.get("/events", (request, response) => {
    // Nobody listens to what has no body.
    if (request.method === "HEAD") response.type("text/event-stream").set("Cache-Control", "no-store").end();
    else events.add(response);
  });
  return router;
}
