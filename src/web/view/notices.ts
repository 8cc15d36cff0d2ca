import type { QueueView } from "../../app/queue-view.ts";
import type { Permissions } from "../../job/actions.ts";
import { HOLD_ADVICE, PAUSE_ADVICE } from "../../plan/reasons.ts";
import { escapeControls } from "../../text/escape.ts";

/** All that stands in the queue's way and that a person ought to know, the worst first. */
export function noticesOf(view: QueueView, permissions: Permissions): string[] {
  const { manager, silence, closed, paused, notices } = view;
  const absent =
    "No manager runs: no job starts. What runs goes on; its end is recorded at the next `qm start`.";
  const stops = closed ?? (paused ? "the queue is paused" : undefined);
  return [manager.kind === "alive" ? undefined : absent, stops, silence, ...notices]
    .filter((text) => text !== undefined)
    .map((text) => capitalized(escapeControls(adviceFor(permissions, text))));
}

/** A reason without the advice to take a file away, where there is a button that does it. */
export function adviceFor({ act }: Permissions, reason: string): string {
  if (!act) return reason;
  const advice = [HOLD_ADVICE, PAUSE_ADVICE].find((known) => reason.endsWith(known));
  return advice === undefined ? reason : reason.slice(0, -advice.length);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
