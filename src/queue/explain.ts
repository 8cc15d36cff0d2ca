import { describeNoRoom, errorCode, isDenied, isNoRoom, placeOf } from "../disk/error-code.ts";
import { userName } from "./access.ts";

/** An error in plain words: what the system says, and for the usual causes what can be done. */
export function explain(error: unknown): string {
  if (isNoRoom(error)) return describeNoRoom(error);
  if (isDenied(errorCode(error))) return explainDenied(error);
  return error instanceof Error ? error.message : String(error);
}

function explainDenied(error: unknown): string {
  const place = placeOf(error);
  const at = place === undefined ? "" : ` at ${place}`;
  return `the manager (user ${userName()}) lacks a permission${at} (${errorCode(error)}): give it the right, e.g. with chmod -R g+rwX`;
}
