import { PERIODS, SPANS } from "../stats/stats-query.ts";

/** Addresses outside `/api/v1` that programs may use too, as OpenAPI describes them. */
export const OTHER_ADDRESSES: Readonly<Record<string, object>> = {
  "/download/{name}": outside({
    operationId: "downloadJob",
    summary:
      "A job's folder as a zip, or what the job wrote alone; what is not in it stands in QM_not_included.txt",
    parameters: [
      named("name", "path", "The job's name."),
      named(
        "only",
        "query",
        "`results` for what the job wrote, with its log; all of its folder unless given.",
        {
          enum: ["results"],
        },
      ),
    ],
    responses: {
      200: {
        description: "The zip",
        content: { "application/zip": { schema: { type: "string", format: "binary" } } },
      },
      400: plainText("The address cannot be read, or `only` is something else"),
      404: plainText("There is no such job"),
      503: plainText("Enough zips are being packed; `Retry-After` tells when to ask again"),
    },
  }),
  "/jobs/{name}/log/stream": outside({
    operationId: "followJobLog",
    summary:
      "A job's log as it grows, as Server-Sent Events: `lines`, with the place behind them as the event's id; " +
      "`skipped` with the number of bytes left out; `reset` when another log has begun; `end` when all is told",
    parameters: [
      named("name", "path", "The job's name."),
      named(
        "from",
        "query",
        "Where to begin: a number of bytes, or an event's id. The log's start unless given.",
      ),
      named("Last-Event-ID", "header", "As `from`, which it precedes."),
      named("changes", "query", "`yes`: the events of followChanges come in the same stream.", {
        enum: ["yes"],
      }),
    ],
    responses: {
      200: eventStream("The events, as JSON each"),
      404: { description: "There is no such job" },
      503: plainText("Too many follow a log; `Retry-After` tells when to ask again"),
    },
  }),
  "/events": outside({
    operationId: "followChanges",
    summary:
      "Server-Sent Events that tell when to ask anew: `change` whenever the queue or its history is another than " +
      "before, after a first `hello`; `alive` every 15 s at least",
    responses: {
      200: eventStream("The events"),
      503: plainText("Too many listen; `Retry-After` tells when to ask again"),
    },
  }),
  "/stats.csv": outside({
    operationId: "getStatsTable",
    summary: "What getStats counts by period and owner, as a table for other programs (CSV)",
    parameters: [
      named("by", "query", "Counted by day or by week.", { enum: PERIODS, default: "day" }),
      named("days", "query", "The days up to now that are counted.", {
        enum: SPANS,
        default: "30",
      }),
      named("owner", "query", "Only jobs of this owner, in any case."),
    ],
    responses: {
      200: { description: "The table", content: { "text/csv": { schema: { type: "string" } } } },
      400: plainText("A parameter has a value that makes no sense"),
    },
  }),
};

function outside(operation: object): object {
  return { servers: [{ url: "/" }], get: operation };
}

function named(
  name: string,
  where: "path" | "query" | "header",
  description: string,
  schema: object = {},
): object {
  return {
    name,
    in: where,
    ...(where === "path" ? { required: true } : {}),
    description,
    schema: { type: "string", ...schema },
  };
}

function eventStream(description: string): object {
  return { description, content: { "text/event-stream": { schema: { type: "string" } } } };
}

/** An answer in plain text. */
export function plainText(description: string) {
  return { description, content: { "text/plain": { schema: { type: "string" } } } };
}
