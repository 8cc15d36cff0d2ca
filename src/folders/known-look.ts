import type fs from "node:fs";
import type { Admission } from "./admissions.ts";
import { Arrival } from "./arrival.ts";
import { hasNewInfo, type Known } from "./queue-entry.ts";
import { TRUST_AFTER_MS } from "./queue-listing.ts";
import { areSameRequests, readRequests } from "./requests.ts";

/** Small folders are surveyed at the first look. */
export const FIRST_LOOK_BUDGET_MS = 5;

/** Looks at a folder that is known; true when what the plan sees of it has to be made out anew. */
export function lookAgain(
  known: Known,
  stats: fs.Stats,
  admission: Admission | undefined,
  nowMs: number,
): boolean {
  const moved = takeTime(known, stats.mtimeMs, nowMs);
  // A survey made before does not tell of this change.
  if (moved && known.admitted) surveyAnew(known, false);
  const edited = known.admitted && hasNewInfo(known, admission, nowMs);
  if (edited) {
    known.admitted = false;
    surveyAnew(known, false).advance(nowMs, FIRST_LOOK_BUDGET_MS);
  }
  return takeRequests(known, nowMs) || edited || (moved && known.admitted);
}

/** What a second survey of an admitted folder says. */
export type Verdict =
  | { readonly kind: "as admitted"; readonly admission: Admission }
  | { readonly kind: "changed" }
  | { readonly kind: "unknown" };

/** Compares the survey of an admitted folder, should there be one, with how it was admitted, and lets it wait or arrive. */
export function compareWithAdmission(known: Known, admission: Admission | undefined): Verdict {
  const survey = known.arrival?.survey;
  if (!known.admitted || admission === undefined || survey === undefined) return { kind: "unknown" };
  known.admitted = survey.fingerprint === admission.fingerprint;
  if (!known.admitted) return { kind: "changed" };
  known.arrival = undefined;
  return { kind: "as admitted", admission: { ...admission, folderMtimeMs: known.mtimeMs } };
}

/** Has a folder surveyed from the beginning. */
export function surveyAnew(known: Known, renamedFromTemporary: boolean): Arrival {
  known.arrival = new Arrival(known.entry.path, renamedFromTemporary);
  return known.arrival;
}

function takeTime(known: Known, mtimeMs: number, nowMs: number): boolean {
  if (mtimeMs === known.mtimeMs) return false;
  known.mtimeMs = mtimeMs;
  known.movedMs = nowMs;
  return true;
}

function takeRequests(known: Known, nowMs: number): boolean {
  if (known.admitted && known.lookedMs - known.movedMs > TRUST_AFTER_MS) return false;
  known.lookedMs = nowMs;
  if (typeof known.entry.path !== "string") return false;
  const requests = readRequests(known.entry.path);
  if (areSameRequests(requests, known.requests)) return false;
  known.requests = requests;
  return true;
}
