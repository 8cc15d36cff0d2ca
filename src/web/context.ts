import type { Response } from "express";
import type { Liveness } from "../app/manager-state.ts";
import type { Queue } from "../app/queue.ts";
import type { Layout } from "../queue/layout.ts";
import type { EndedIndex } from "./ended/ended-index.ts";
import type { Tokens } from "./guard/token.ts";
import type { ChangeWaits } from "./live/change-waits.ts";
import type { EventHub } from "./live/event-hub.ts";
import type { LiveQueue } from "./live/live-queue.ts";
import type { LogHub } from "./log/log-hub.ts";
import type { StatsCache } from "./stats/queue-stats.ts";
import type { Trash } from "./trash.ts";
import type { clockView } from "./view/time-view.ts";

/** The parts of the page that its routes work with. */
export interface WebContext {
  /** The queue with its configuration as it stands now. */
  readonly queue: () => Queue;
  /** The queue's folders, which never change while the page runs. */
  readonly layout: Layout;
  readonly liveness: Liveness;
  readonly live: LiveQueue;
  readonly ended: EndedIndex;
  readonly stats: StatsCache;
  readonly events: EventHub;
  readonly changes: ChangeWaits;
  readonly logHub: LogHub;
  /** The trash of deleted jobs. */
  readonly trash: Trash;
  readonly tokens: () => Tokens;
  /** The page's own log, for what its operator ought to know. */
  readonly log: (text: string) => void;
  /** Renders a template with what every page needs beside its own model. */
  readonly render: (response: Response, view: string, model: PageModel) => void;
  readonly frame: () => PageFrame;
}

/** The part that all pages have alike: `frame` in the templates. */
export interface PageFrame {
  readonly host: string;
  readonly refreshSeconds: number;
  readonly formToken: string;
  readonly clock: ReturnType<typeof clockView>;
}

/** The model that a route hands to its template. */
interface PageModel {
  /** The page's title, for the tab. */
  readonly title: string;
}
