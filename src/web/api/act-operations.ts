import * as z from "zod";
import { refuseUnlessMay, strangerAt } from "../../app/actor.ts";
import { JOB_ACTION_NAMES, JOB_ACTIONS, type JobAction } from "../../job/actions.ts";
import { actOnJob } from "../act.ts";
import type { WebContext } from "../context.ts";
import { type ApiRequest, asked, type Operation, readSent } from "./operation.ts";

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

/** The actions on a job; each as far as the configuration lets the page. */
export const ACT_OPERATIONS: readonly Operation[] = JOB_ACTION_NAMES.map(acting);

// A request is carried out by the manager a moment later; a move is done at once.
function acting(action: JobAction): Operation {
  const { summary, puts, takes } = JOB_ACTIONS[action];
  const isAsked = puts !== undefined || takes !== undefined;
  return {
    id: `${action}Job`,
    ...(action === "delete"
      ? { method: "delete", path: "/jobs/{name}" }
      : { method: "post", path: `/jobs/{name}/${action}` }),
    summary,
    ...(action === "redo" ? { body: redoBodySchema } : {}),
    status: isAsked ? 202 : 200,
    answer: "Acted",
    refusals: [403, 404],
    run: (context, request) => act(context, request, action),
  };
}

async function act(context: WebContext, request: ApiRequest, action: JobAction): Promise<object> {
  const actor = strangerAt(request.ip, "API", context.queue().config);
  refuseUnlessMay(actor, action);
  const options = action === "redo" ? readSent(redoBodySchema, request.body) : {};
  const name = await actOnJob(context, asked(context.layout, request), action, actor, options);
  return { version: 1, action, name };
}
