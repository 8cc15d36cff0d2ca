import { actOnQueue } from "../../app/act.ts";
import { personHere } from "../../app/actor.ts";
import type { QueueAction } from "../../job/actions.ts";
import { openExistingQueueToAct } from "../existing-queue.ts";
import { note } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/** `qm pause` and `qm resume`: no job starts while the file `QM_PAUSE` lies in `QM_FOLDER`. */
export const addPause: AddVerb = (program, bind) => {
  const add = (action: QueueAction, description: string, told: string) =>
    program
      .command(action)
      .description(description)
      .action(
        bind(async (session) => {
          actOnQueue(openExistingQueueToAct(session).layout, action, personHere());
          note(session.io, told);
          return 0;
        }),
      );
  add(
    "pause",
    "start no more jobs until `qm resume`; running ones go on",
    "the queue is paused: running jobs go on, no other starts until `qm resume`",
  );
  add("resume", "let jobs start again after `qm pause`", "the queue goes on");
};
