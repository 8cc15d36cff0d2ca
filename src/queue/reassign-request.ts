import {
  type Destination,
  describeDestination,
  type Reassignment,
  readDestination,
} from "../job/reassignment.ts";
import type { Parsed } from "../text/parsed.ts";
import { JOB_REQUESTS } from "./request-files.ts";
import { requestedBy, requestLines } from "./requests.ts";

/** The text of a request to reassign a job: who asks, and below that the place. */
export function reassignText(by: string, to: Destination): string {
  return `${by}\n${describeDestination(to)}`;
}

/** The request to reassign a job that lies in its folder: the place is its last line. Wrong where that names none. */
export function readReassignRequest(jobFolder: string): Parsed<Reassignment> {
  const lines = requestLines(jobFolder, JOB_REQUESTS.reassign).filter((line) => line !== "");
  const read = readDestination(lines.at(-1) ?? "");
  if (read.kind === "wrong") return read;
  // Made by hand it may have the place alone, and its owner asks.
  const by =
    lines.length > 1 ? requestedBy(jobFolder, JOB_REQUESTS.reassign) : "its folder's file QM_REASSIGN";
  return { kind: "ok", value: { ...read.value, by } };
}
