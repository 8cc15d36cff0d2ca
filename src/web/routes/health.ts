import { Router } from "express";
import type { ManagerState } from "../../app/manager-state.ts";
import { tryOr } from "../../text/try-or.ts";
import type { WebContext } from "../context.ts";

/** `GET /healthz`, for what watches over services: 200 while a manager looks after the queue, otherwise 503. */
export function healthRouter({ live }: Pick<WebContext, "live">): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    const health = healthOf(live);
    response
      .status(health.ok ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json(health);
  });
  return router;
}

interface Health {
  readonly ok: boolean;
  readonly manager: "alive" | "absent" | "silent" | "unknown";
  readonly lastSeen?: string | undefined;
  readonly silentSeconds?: number;
}

function healthOf(live: WebContext["live"]): Health {
  // The folders cannot be read: nobody knows.
  return tryOr(() => healthBy(live.view().manager), { ok: false, manager: "unknown" });
}

function healthBy(manager: ManagerState): Health {
  if (manager.kind === "absent") return { ok: false, manager: "absent", lastSeen: manager.lastSeen };
  const { silentSeconds } = manager;
  if (silentSeconds === undefined) return { ok: true, manager: "alive" };
  const lastSeen = new Date(Date.now() - silentSeconds * 1000).toISOString();
  return { ok: false, manager: "silent", lastSeen, silentSeconds };
}
