import type { AddVerb } from "./session.ts";
import { addActions, addPause } from "./verbs/act.ts";
import { addCheck } from "./verbs/check.ts";
import { addClean } from "./verbs/clean.ts";
import { addCompletion } from "./verbs/completion.ts";
import { addConfig } from "./verbs/config.ts";
import { addDemo } from "./verbs/demo.ts";
import { addDirJobs } from "./verbs/dirjobs.ts";
import { addDoctor } from "./verbs/doctor.ts";
import { addHistory } from "./verbs/history.ts";
import { addImport } from "./verbs/import.ts";
import { addInit } from "./verbs/init.ts";
import { addLog } from "./verbs/log.ts";
import { addLost } from "./verbs/lost.ts";
import { addMail } from "./verbs/mail.ts";
import { addReassign } from "./verbs/reassign.ts";
import { addService } from "./verbs/service.ts";
import { addShow } from "./verbs/show.ts";
import { addDaemon, addStart, addWeb } from "./verbs/start.ts";
import { addStats } from "./verbs/stats.ts";
import { addStatus } from "./verbs/status.ts";
import { addStop } from "./verbs/stop.ts";
import { addSubmit } from "./verbs/submit.ts";
import { addWait } from "./verbs/wait.ts";
import { addWorker } from "./verbs/worker.ts";
import { addWorkers } from "./verbs/workers.ts";

/** A heading of the help with the verbs below it. */
interface VerbGroup {
  readonly title: string;
  readonly verbs: readonly AddVerb[];
}

/** Every verb, in the order in which the help lists them. */
export const VERB_GROUPS: readonly VerbGroup[] = [
  {
    title: "A queue and its manager:",
    verbs: [addInit, addStart, addDaemon, addWeb, addWorker, addStop, addDemo],
  },
  {
    title: "Jobs:",
    verbs: [addSubmit, addCheck, addWait, addActions, addReassign, addLost, addClean, addImport],
  },
  { title: "To look:", verbs: [addStatus, addWorkers, addShow, addLog, addHistory, addStats] },
  {
    title: "The queue as a whole:",
    verbs: [addPause, addMail, addConfig, addDoctor, addService, addCompletion],
  },
  { title: "Without a queue:", verbs: [addDirJobs] },
];
