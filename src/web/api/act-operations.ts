import * as z from "zod";
import type { ActionOptions } from "../../app/act.ts";
import { refuseUnlessMay } from "../../app/actor.ts";
import { destinationIn, knownDestination } from "../../app/destination.ts";
import { JOB_ACTION_NAMES, JOB_ACTIONS, type JobAction } from "../../job/actions.ts";
import { actOnJob } from "../act.ts";
import type { WebContext } from "../context.ts";
import { type ApiRequest, actorOf, asked, type Operation, readSent } from "./operation.ts";

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

const reassignBodySchema = z.object({
  to: z.string().max(200).describe("`worker NAME`, `pool NAME` or `any worker`."),
});

const BODIES: Readonly<Partial<Record<JobAction, z.ZodObject>>> = {
  redo: redoBodySchema,
  reassign: reassignBodySchema,
};

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
    ...(BODIES[action] === undefined ? {} : { body: BODIES[action] }),
    status: isAsked ? 202 : 200,
    answer: "Acted",
    refusals: [403, 404],
    run: (context, request) => act(context, request, action),
  };
}

async function act(context: WebContext, request: ApiRequest, action: JobAction): Promise<object> {
  const actor = actorOf(context, request);
  refuseUnlessMay(actor, action);
  const name = await actOnJob(
    context,
    asked(context.layout, request),
    action,
    actor,
    optionsIn(context, action, request.body),
  );
  return { version: 1, action, name };
}

function optionsIn({ live }: WebContext, action: JobAction, body: unknown): ActionOptions {
  if (action === "redo") return readSent(redoBodySchema, body);
  if (action !== "reassign") return {};
  const { to } = readSent(reassignBodySchema, body);
  return { to: knownDestination(live.view().workers, destinationIn(to)) };
}
