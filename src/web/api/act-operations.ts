import * as z from "zod";
import { actOnJob, checkPermission, type JobAction, programFrom } from "../act.ts";
import { permissionsOf } from "../view/permissions.ts";
import { type ApiContext, type ApiRequest, asked, type Operation, readSent } from "./operation.ts";
import { NAMED_SCHEMAS } from "./schemas.ts";

const redoBodySchema = z.object({
  clean: z.boolean().default(false).describe("First removes what the job wrote."),
  attempt: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      "The last attempt that is known of: refused where there was another, so that no job runs twice.",
    ),
});

const SUMMARIES: Readonly<Record<Exclude<JobAction, "delete">, string>> = {
  kill: "Ends a running job, or withdraws a waiting one",
  hold: "Keeps a waiting job from starting",
  release: "Lets a held job start again",
  top: "Sends a waiting job to the head of its priority",
  redo: "Moves an ended job back into the queue as its next attempt",
};

/** What can be done to a job; each as far as the configuration lets the page. */
export const ACT_OPERATIONS: readonly Operation[] = [
  acting("kill"),
  acting("hold"),
  acting("release"),
  acting("top"),
  acting("redo"),
  {
    id: "deleteJob",
    method: "delete",
    path: "/jobs/{name}",
    summary: "Deletes the folder of an ended job for good; the statistics keep it",
    status: 200,
    answer: { kind: "json", schema: NAMED_SCHEMAS.Acted },
    refusals: [403, 404],
    run: (context, request) => act(context, request, "delete"),
  },
];

// What the manager is asked for it does a moment later; what is moved here is done.
function acting(action: Exclude<JobAction, "delete">): Operation {
  return {
    id: `${action}Job`,
    method: "post",
    path: `/jobs/{name}/${action}`,
    summary: SUMMARIES[action],
    ...(action === "redo" ? { body: redoBodySchema } : {}),
    status: action === "redo" ? 200 : 202,
    answer: { kind: "json", schema: NAMED_SCHEMAS.Acted },
    refusals: [403, 404],
    run: (context, request) => act(context, request, action),
  };
}

async function act(context: ApiContext, request: ApiRequest, action: JobAction): Promise<object> {
  const { queue, layout, live, events } = context;
  checkPermission(permissionsOf(queue().config), action);
  const wishes = action === "redo" ? readSent(redoBodySchema, request.body) : { clean: false };
  const name = actOnJob(context, asked(layout, request), action, {
    ...wishes,
    by: programFrom(request.ip),
  });
  live.expire();
  await events.nudge();
  return { version: 1, action, name };
}
