import { request, withdrawRequest } from "../../app/request-job.ts";
import { PAUSE_REQUEST } from "../../queue/request-files.ts";
import { openExistingQueueToAct } from "../existing-queue.ts";
import { note } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/** `qm pause` and `qm resume`: no job starts while the file `QM_PAUSE` lies in `QM_FOLDER`. */
export const addPause: AddVerb = (program, bind) => {
  program
    .command("pause")
    .description("start no more jobs until `qm resume`; running ones go on")
    .action(
      bind(async (session) => {
        request(openExistingQueueToAct(session).layout.root, PAUSE_REQUEST);
        note(session.io, "the queue is paused: running jobs go on, no other starts until `qm resume`");
        return 0;
      }),
    );
  program
    .command("resume")
    .description("let jobs start again after `qm pause`")
    .action(
      bind(async (session) => {
        withdrawRequest(openExistingQueueToAct(session).layout.root, PAUSE_REQUEST);
        note(session.io, "the queue goes on");
        return 0;
      }),
    );
};
