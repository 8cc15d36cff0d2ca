import * as z from "zod";
import { WORKER_ACTIONS } from "../../job/actions.ts";
import { actOnNamedWorker } from "../act.ts";
import { actorOf, type Operation, readSent } from "./operation.ts";

const pauseBodySchema = z.object({
  note: z.string().max(200).optional().describe("Why, for those who see it."),
});

/** The operations on the workers. */
export const WORKER_OPERATIONS: readonly Operation[] = [
  {
    id: "listWorkers",
    method: "get",
    path: "/workers",
    summary: "The machines that run jobs: what each offers and runs, and why it gets nothing",
    status: 200,
    answer: "Workers",
    run: ({ live }) => ({ version: 1, workers: live.view().workers }),
  },
  {
    ...pausing("pause"),
    body: pauseBodySchema,
  },
  pausing("resume"),
  {
    id: "forgetWorker",
    method: "post",
    path: "/workers/{name}/forget",
    summary: WORKER_ACTIONS.forget_worker.summary,
    status: 200,
    answer: "WorkerForgotten",
    refusals: [403, 404],
    run: async (context, request) => {
      const actor = actorOf(context, request);
      const name = await actOnNamedWorker(context, request.params.name, "forget_worker", actor);
      return { version: 1, name };
    },
  },
];

function pausing(word: "pause" | "resume"): Operation {
  const action = `${word}_worker` as const;
  return {
    id: `${word}Worker`,
    method: "post",
    path: `/workers/{name}/${word}`,
    summary: WORKER_ACTIONS[action].summary,
    status: 202,
    answer: "WorkerPaused",
    refusals: [403, 404],
    run: async (context, request) => {
      const { note } = word === "pause" ? readSent(pauseBodySchema, request.body) : {};
      const actor = actorOf(context, request);
      const name = await actOnNamedWorker(context, request.params.name, action, actor, note);
      return { version: 1, name, paused: word === "pause" };
    },
  };
}
