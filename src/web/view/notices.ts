import type { QueueView } from "../../client/queue-view.ts";
import { escapeControls } from "../../core/escape.ts";
import { type TimeView, timeView } from "./time-view.ts";

/** Something that a person ought to know, with a moment it speaks of. */
export interface NoticeView {
  readonly text: string;
  readonly since: TimeView | undefined;
}

/** All that stands in the queue's way, the worst first. */
export function noticesOf(view: QueueView, nowMs: number): NoticeView[] {
  const { manager, silence, closed, paused, notices } = view;
  const absent: NoticeView[] =
    manager.kind === "alive"
      ? []
      : [
          {
            text: "No manager runs, so no job starts or ends. Start it with `qm start`. Its last sign of life:",
            since: timeView(manager.lastSeen, nowMs),
          },
        ];
  const stops = closed ?? (paused ? "the queue is paused" : undefined);
  const others = [stops, silence, ...notices].filter((text) => text !== undefined);
  return [...absent, ...others.map((text) => ({ text: escapeControls(text), since: undefined }))];
}
