import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Liveness } from "../app/manager-state.ts";
import type { LoadedConfig } from "../config/config.ts";
import { LiveConfig } from "../config/live-config.ts";
import { errorCode } from "../disk/error-code.ts";
import { layoutOf } from "../queue/layout.ts";
import { QmError } from "../text/errors.ts";
import type { Checked } from "../text/problem.ts";
import { createApp } from "./app.ts";
import type { WebContext } from "./context.ts";
import { EndedIndex } from "./ended/ended-index.ts";
import { followTokens } from "./guard/token.ts";
import { ChangeWaits } from "./live/change-waits.ts";
import { EventHub } from "./live/event-hub.ts";
import { LiveQueue } from "./live/live-queue.ts";
import { LogHub } from "./log/log-hub.ts";
import { StatsCache } from "./stats/queue-stats.ts";
import { Trash } from "./trash.ts";
import { clockView } from "./view/time-view.ts";

/** The parts that a page process is made from. */
export interface PageOptions {
  readonly loaded: LoadedConfig;
  /** Reads the configuration anew. */
  readonly load: () => Checked<LoadedConfig>;
  readonly liveness: Liveness;
  /** The folder of this installation: templates and the page's own files. */
  readonly root: string;
  /** Path of the morphing library's script. */
  readonly morphScript: string;
  readonly log: (text: string) => void;
}

/** A page that is being served. */
export interface Page {
  /** `http://localhost:8000/`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Connections beyond these wait: a flood must not take all file handles. */
const MAX_CONNECTIONS = 2000;
/** A connection on which nothing moves for so long is given up: its client takes no answer. Streams send signs of life. */
const IDLE_MS = 60_000;

/** Serves the page until it is closed. Throws `failed` where the port cannot be had. */
export async function servePage(options: PageOptions): Promise<Page> {
  const context = createContext(options);
  const app = createApp(context, {
    viewsFolder: path.join(options.root, "views"),
    morphScript: options.morphScript,
  });
  const server = http.createServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, app);
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_MS;
  const { host, port } = options.loaded.config.web;
  await listen(server, host, port);
  // A long history takes its time: reading it begins before the first person looks.
  void context.ended
    .refresh()
    .catch((error: unknown) => options.log(`the history cannot be read: ${String(error)}`));
  // Removes the leavings of a page or a command that was ended.
  context.trash.empty();
  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    close: async () => {
      context.events.close();
      context.changes.close();
      context.logHub.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await context.trash.close();
    },
  };
}

function createContext({ loaded, load, liveness, log }: PageOptions): WebContext {
  const layout = layoutOf(loaded.config.qmFolder);
  const configuration = new LiveConfig(loaded, load);
  const current = () => {
    configuration.reloadIfSaved();
    return configuration.loaded;
  };
  const queue = () => ({ loaded: current(), config: configuration.loaded.config, layout });
  const live = new LiveQueue(queue, liveness, () => configuration.waiting(["WEB_QMserver"], "the page"));
  const ended = new EndedIndex(layout);
  // A queue whose manager has never run has no folder for it yet.
  if (!fs.existsSync(layout.state)) fs.mkdirSync(layout.state);
  const tokens = followTokens(layout.apiToken);
  const events = new EventHub(async () => {
    await ended.refresh();
    return `${live.version()}-${ended.version}`;
  });
  const frame = () => ({
    host: os.hostname(),
    refreshSeconds: current().config.web.refreshSeconds,
    formToken: tokens().form,
    clock: clockView(Date.now()),
  });
  return {
    queue,
    layout,
    liveness,
    live,
    ended,
    stats: new StatsCache(ended),
    events,
    changes: new ChangeWaits(live),
    logHub: new LogHub(),
    trash: new Trash(layout, log),
    tokens,
    log,
    render: (response, view, model) => response.render(view, { ...model, frame: frame() }),
    frame,
  };
}

async function listen(server: http.Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(host, port, error)));
    server.listen({ host, port }, resolve);
  });
}

function cannotListen(host: string, port: number, error: unknown): QmError {
  const code = errorCode(error);
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program has the port",
    EACCES: "a port below 1024 is for the system's own programs",
    EADDRNOTAVAIL: "this machine does not have that address",
    ENOTFOUND: "there is no host of that name",
  };
  return new QmError(
    "failed",
    `the page cannot listen on ${host}, port ${port}: ${why[code ?? ""] ?? code}`,
    {
      mend: "choose another The_Port or Host in section [WEB_QMserver] of QMserv.cfg",
      cause: error,
    },
  );
}

function urlOf(host: string, port: number): string {
  const everywhere = host === "0.0.0.0" || host === "::";
  const name = everywhere ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}
