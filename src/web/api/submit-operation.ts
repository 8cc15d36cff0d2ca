import express, { type RequestHandler } from "express";
import * as z from "zod";
import { processorsInForce } from "../../app/other-configuration.ts";
import { submitAndNumber } from "../../app/submit-and-number.ts";
import { checkOptions, commandSource } from "../../app/submit-job.ts";
import { INFO_KEYS, type InfoKey } from "../../job/info-key.ts";
import type { WebContext } from "../context.ts";
import { hasBearer, refuseUnlessProgram } from "../guard/origin.ts";
import { jobLink } from "../view/links.ts";
import { type ApiRequest, actorOf, clientOf, type Operation, readSent } from "./operation.ts";

const MAX_BODY_BYTES = 1024 * 1024;

const valueSchema = z.union([z.string(), z.number(), z.boolean()]).optional();
const optionSchemas: Readonly<Record<string, typeof valueSchema>> = Object.fromEntries(
  INFO_KEYS.filter((key) => key !== "script").map((key) => [
    key,
    valueSchema.describe("As in an info file."),
  ]),
);

const bodySchema = z.strictObject({
  ...optionSchemas,
  command: z
    .union([z.string(), z.array(z.string()).min(1)])
    .describe("A line for the shell, or words that arrive as they are."),
  name: z.string().optional().describe("A free one like it is found where it is taken."),
  hold: z.boolean().default(false).describe("Holds it until it is released."),
  files: z
    .record(z.string(), z.string())
    .default({})
    .describe("Texts of files by their paths below the job's folder; what begins with `#!` can be executed."),
});

/** A command, with files, as a new job: for programs with the token alone, who have the folders' rights. */
export const SUBMIT_OPERATION: Operation = {
  id: "submitJob",
  method: "post",
  path: "/jobs",
  summary:
    "Makes a job of a command, and waits until the manager has admitted it, up to 10 s; without a manager it waits in the queue " +
    "for one, and has no `number` yet. Needs the token, whatever the page may do; 1 MiB at most",
  body: bodySchema,
  status: 201,
  answer: "Submitted",
  refusals: [403],
  run: submit,
};

async function submit(context: WebContext, request: ApiRequest): Promise<object> {
  refuseUnlessProgram(request, context.tokens());
  const { command, name, hold, files, ...given } = readSent(bodySchema, request.body);
  const { layout, liveness } = context;
  const queue = context.queue();
  const options = Object.entries<unknown>(given).map(([key, value]) => ({
    key: key as InfoKey,
    value: String(value),
  }));
  const source = commandSource(
    [command].flat(),
    name,
    {
      ...queue,
      options: checkOptions(options),
      maxProcessors: processorsInForce(queue, liveness),
      check: true,
    },
    files,
  );
  const actor = actorOf(context, request);
  const submitted = await submitAndNumber(layout, liveness, source, actor, clientOf(request), hold);
  return { version: 1, ...submitted, link: jobLink(submitted.name) };
}

/** Reads the long bodies of those who may submit; for before all others are read. */
export function submittedBodies(context: Pick<WebContext, "tokens">, address: string): RequestHandler {
  const read = express.json({ limit: MAX_BODY_BYTES });
  return (request, response, next) => {
    const isSubmission = request.method === "POST" && request.path.toLowerCase() === address;
    if (isSubmission && hasBearer(request, context.tokens())) read(request, response, next);
    else next();
  };
}
