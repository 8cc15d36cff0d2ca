import { confirmView } from "../../src/web/routes/actions.ts";
import { absentView } from "../../src/web/view/job-view.ts";
import { found } from "./domain.ts";
import { fileStories } from "./file-stories.ts";
import { frontStories } from "./front-stories.ts";
import { hostileAt } from "./hostile.ts";
import { jobStories } from "./job-stories.ts";
import { labEnded } from "./lab-ended.ts";
import { hostileEnded } from "./many-ended.ts";
import { statsStories } from "./stats-stories.ts";
import type { Story } from "./story.ts";

/** Every template in every state worth looking at. */
export const STORIES: readonly Story[] = [
  ...frontStories,
  ...jobStories,
  ...fileStories,
  ...statsStories,
  {
    name: "confirm-kill",
    template: "confirm",
    model: () => ({ ...confirmView("kill", found("running", "docking-set-12")) }),
  },
  {
    name: "confirm-withdraw",
    template: "confirm",
    model: () => ({ ...confirmView("kill", found("queue", "docking-set-13")) }),
  },
  {
    name: "confirm-delete",
    template: "confirm",
    model: () => ({ ...confirmView("delete", found("finished", "phylogeny-corals")) }),
  },
  {
    name: "confirm-hostile",
    template: "confirm",
    model: () => ({ ...confirmView("delete", found("finished", hostileAt(0))) }),
  },
  { name: "absent-unknown", template: "absent", model: (nowMs) => absentView("nobody", [], nowMs) },
  {
    name: "absent-deleted",
    template: "absent",
    model: (nowMs) => absentView("phylogeny-corals", labEnded(nowMs).slice(1, 2), nowMs),
  },
  {
    name: "absent-hostile",
    template: "absent",
    model: (nowMs) => absentView(hostileAt(7), hostileEnded(nowMs), nowMs),
  },
  {
    name: "error",
    template: "error",
    model: () => ({
      title: "403 · QueueManager",
      status: 403,
      message: "this page may not kill",
      mend: "set Licence_to_kill = True in section [WEB_QMserver] of QMserv.cfg",
    }),
  },
];
