import * as z from "zod";
import type { Operation } from "./operation.ts";
import { OTHER_ADDRESSES, plainText } from "./other-addresses.ts";
import { NAMED_SCHEMAS } from "./schemas.ts";

type Schema = Readonly<Record<string, unknown>>;

const REFUSALS: Readonly<Record<number, string>> = {
  400: "The request makes no sense",
  403: "Not allowed: by the configuration, by the job's state, or for want of a token",
  404: "There is no such job or worker, or no such thing of it",
  500: "It could not be done",
};

/** The description of the API (OpenAPI 3.1), made from what checks and describes the answers themselves. */
export function openApiDocument(operations: readonly Operation[]): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "QueueManager",
      version: "1",
      description:
        "All that the page shows and does. Programs act with `Authorization: Bearer` and the token in " +
        "`.qm/api-token`. Times are ISO 8601 in UTC, durations seconds, sizes bytes. Objects may get further " +
        "fields in time.",
    },
    servers: [{ url: "/api/v1" }],
    paths: { ...pathsOf(operations), ...OTHER_ADDRESSES },
    components: {
      responses: COMMON_RESPONSES,
      schemas: namedSchemas(),
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

function pathsOf(operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(operation) };
  return paths;
}

function described({
  id,
  method,
  path,
  summary,
  query,
  body,
  status,
  answer,
  refusals = [],
}: Operation): object {
  const parameters = [...nameParameter(path), ...queryParameters(query)];
  const refused = [400, ...refusals, 500].map((code) => [code, refusal(code)]);
  return {
    operationId: id,
    summary,
    parameters: parameters.length === 0 ? undefined : parameters,
    security: method === "get" ? undefined : [{ token: [] }],
    requestBody: body && { content: json(plain(body)) },
    responses: {
      [status]: {
        description: DONE_WORDS[status],
        content: answer === "text" ? { "text/plain": { schema: TEXT } } : json(referenceTo(answer)),
      },
      ...Object.fromEntries(refused),
      405: { $ref: "#/components/responses/OtherMethod" },
      ...(method === "get" ? {} : { 413: { $ref: "#/components/responses/TooLong" } }),
      421: { $ref: "#/components/responses/OtherHost" },
      503: { $ref: "#/components/responses/QueueAway" },
    },
  };
}

const DONE_WORDS = { 200: "Done", 201: "It is in the queue", 202: "It is asked for" } as const;

const TEXT = { type: "string" } as const;

/** Refusals that are alike everywhere. */
const COMMON_RESPONSES = {
  OtherMethod: jsonError("This address takes other methods, which `Allow` names"),
  TooLong: jsonError("More was sent along than is taken"),
  QueueAway: jsonError("The queue's folders are not there, or cannot be reached"),
  OtherHost: plainText("This server does not answer to the name in `Host`"),
};

function nameParameter(path: string): object[] {
  if (!path.includes("{name}")) return [];
  const description = path.startsWith("/workers/") ? WORKER_NAME : JOB_NAME;
  return [{ name: "name", in: "path", required: true, schema: TEXT, description }];
}

const JOB_NAME = "The job's name, or its number: a name goes first, `#12` is always the number.";
const WORKER_NAME = "The worker's name, in any case of letters.";

// Without a token the server refuses before it looks at what is asked for, in plain text.
function refusal(code: number): object {
  const description = REFUSALS[code] ?? "";
  const told = jsonError(description);
  return code === 403 ? { ...told, content: { ...told.content, ...plainText(description).content } } : told;
}

function jsonError(description: string) {
  return { description, content: json(referenceTo("Error")) };
}

function queryParameters(query: z.ZodObject | undefined): object[] {
  if (query === undefined) return [];
  const { properties = {} } = plain(query) as { properties?: Record<string, Schema> };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    description,
    schema,
  }));
}

function json(schema: Schema): object {
  return { "application/json": { schema } };
}

function plain(schema: z.ZodType): Schema {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

function referenceTo(name: keyof typeof NAMED_SCHEMAS): Schema {
  return { $ref: uriOf(name) };
}

function uriOf(name: string): string {
  return `#/components/schemas/${name}`;
}

function namedSchemas(): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED_SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: uriOf });
  // In one document each is found by its place.
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _version, $id: _place, ...schema }]) => [id, schema]),
  );
}
