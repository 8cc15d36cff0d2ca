import type { FoundJob } from "../../app/job-named.ts";
import { escapeControls } from "../../text/escape.ts";
import { deleteLink, jobLink, killLink } from "./links.ts";

/** The page that asks before something cannot be undone. */
export interface ConfirmView {
  readonly title: string;
  readonly question: string;
  readonly consequence: string;
  readonly button: string;
  /** Where the answer is posted. */
  readonly action: string;
  /** Where a change of mind leads, and the deed too. */
  readonly back: string;
}

/** Asks whether a job is to be ended or its folder to be deleted; `back` is the page on which that was wished. */
export function confirmView(
  action: "kill" | "delete",
  { name, shelf, folder }: FoundJob,
  back = jobLink(name),
): ConfirmView {
  const shown = escapeControls(name);
  if (action === "delete")
    return {
      title: `Delete ${shown}? · QueueManager`,
      question: `Delete the job «${shown}»?`,
      consequence: `Its folder goes, with its inputs, results and log: ${escapeControls(folder)}. This cannot be undone.`,
      button: "Delete it",
      action: deleteLink(shelf, name),
      back,
    };
  const waits = shelf === "queue";
  return {
    title: `${waits ? "Withdraw" : "Kill"} ${shown}? · QueueManager`,
    question: `${waits ? "Withdraw" : "Kill"} the job «${shown}»?`,
    consequence: waits
      ? "It will not run, and moves to QM_dJobs as killed. Nothing in its folder is lost."
      : "All its processes are ended. It moves to QM_dJobs with its log and what it has written so far.",
    button: waits ? "Withdraw it" : "Kill it",
    action: killLink(name),
    back,
  };
}
