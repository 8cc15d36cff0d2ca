import type { FoundJob } from "../../app/job-named.ts";
import { escapeControls } from "../../text/escape.ts";
import { actionLinks, jobLink } from "./links.ts";

/**
 * What `confirm.ejs` shows: whether a job is to be ended or its folder to be deleted, which cannot be undone.
 * @param back the page on which that was wished, where a change of mind leads, and the deed too
 */
export function confirmView(
  action: "kill" | "delete",
  { name, shelf, folder }: FoundJob,
  back = jobLink(name),
) {
  const shown = escapeControls(name);
  const { word, consequence } =
    action === "delete" ? deletion(folder) : ENDINGS[shelf === "queue" ? "withdraw" : "kill"];
  return {
    title: `${word} ${shown}? · QueueManager`,
    question: `${word} the job «${shown}»?`,
    consequence,
    button: `${word} it`,
    action: actionLinks({ name, shelf })[action],
    back,
  };
}

const ENDINGS = {
  withdraw: {
    word: "Withdraw",
    consequence: "It will not run, and moves to QM_dJobs as killed. Nothing in its folder is lost.",
  },
  kill: {
    word: "Kill",
    consequence:
      "All its processes are ended. It moves to QM_dJobs with its log and what it has written so far.",
  },
} as const;

function deletion(folder: string) {
  const consequence = `Its folder goes, with its inputs, results and log: ${escapeControls(folder)}. This cannot be undone.`;
  return { word: "Delete", consequence };
}
