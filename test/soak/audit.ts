import { auditLetters } from "./audit-letters.ts";
import { auditPlaces } from "./audit-places.ts";
import { auditProcessors } from "./audit-processors.ts";
import { auditRuns } from "./audit-runs.ts";
import type { Evidence } from "./evidence.ts";

/** Compares everything with everything; gives each discrepancy in a line of its own. */
export function audit(evidence: Evidence): string[] {
  return [
    ...auditPlaces(evidence),
    ...auditRuns(evidence),
    ...auditLetters(evidence),
    ...auditProcessors(evidence),
    ...evidence.strangeLines.map((line) => `history.jsonl has a line that is no record: ${line}`),
    ...evidence.leftovers.map((what) => `left over: ${what}`),
  ];
}
