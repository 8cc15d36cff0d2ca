import type { QueueView } from "../../app/queue-view.ts";
import { type TimeView, timeView } from "./time-view.ts";

/** Whether a manager looks after the queue, as a sentence that may end in a moment. */
export interface ManagerSentence {
  readonly text: string;
  readonly since: TimeView | undefined;
}

/** The end of the headline: whether a manager is there, and since when there is none. */
export function managerSentence({ manager, silence }: QueueView, nowMs: number): ManagerSentence {
  if (manager.kind === "alive") {
    const text = silence === undefined ? "The manager is alive." : "The manager gives no sign of life.";
    return { text, since: undefined };
  }
  const since = timeView(manager.lastSeen, nowMs);
  return { text: since === undefined ? "No manager runs." : "No manager runs; the last one was seen", since };
}

/** The tab's title: what runs and waits, so that it can be read without opening the tab. */
export function tabTitle({ running, waiting, manager }: QueueView): string {
  if (manager.kind === "absent") return "manager stopped · QueueManager";
  return `${running.length} running, ${waiting.length} waiting · QueueManager`;
}
