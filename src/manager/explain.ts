import { describeNoRoom, errorCode } from "../disk/error-code.ts";
import { userName } from "../queue/access.ts";

/** An error in plain words: what the system says, and for the usual causes what can be done. */
export function explain(error: unknown): string {
  switch (errorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return describeNoRoom(error);
    case "EACCES":
    case "EPERM":
      return explainDenied(error);
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function explainDenied(error: unknown): string {
  const place =
    error instanceof Error && "path" in error && typeof error.path === "string" ? ` at ${error.path}` : "";
  return `the manager (user ${userName()}) lacks a permission${place} (${errorCode(error)}): give it the right, e.g. with chmod -R g+rwX`;
}
