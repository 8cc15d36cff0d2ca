import type { JobRecord } from "./record.ts";

/**
 * Whether a folder is being refused just as the record in it says: under the same name, for the same reasons. That may be a
 * repeat after a crash, or a folder that somebody has brought back as it was.
 */
export function isSameRefusal(
  before: JobRecord | undefined,
  name: string,
  problems: readonly string[],
): before is JobRecord {
  return (
    before?.state === "invalid" && before.name === name && before.problems?.join("\n") === problems.join("\n")
  );
}
