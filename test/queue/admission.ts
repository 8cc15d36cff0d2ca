import type { Admission } from "../../src/queue/intake/admissions.ts";
import { info } from "../plan/snapshots.ts";

/** A waiting job's admission. */
export function admission(name: string, changes: Partial<Admission> = {}): Admission {
  return {
    name,
    place: 1,
    sentToTop: false,
    admittedAtMs: 1_000,
    fingerprint: "whole",
    folderMtimeMs: 500,
    bytes: 10,
    files: 1,
    info: info(),
    ...changes,
  };
}
