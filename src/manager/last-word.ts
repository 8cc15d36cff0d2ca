import type { Outcome } from "../job/outcome.ts";
import { tellingLine } from "../job/telling-line.ts";
import { firstWholeLine, lastLinesShortened, textOfLog } from "../queue/files/log-lines.ts";
import { readOwnLogTail } from "../queue/files/open-shown-log.ts";
import { JOB_FILES } from "../queue/layout.ts";
import type { ObservedRun } from "./run-scan.ts";

/** A thousand frames, an epilogue, or a long line may stand behind the error; more takes too long, as no pass goes on meanwhile. */
const LOOKED_AT_BYTES = 1024 * 1024;

/** The outcome of a failed run with the job's own last word, as far as the end of its log has one. */
export function withLastWord(outcome: Outcome, { jobFolder, folderPresent }: ObservedRun): Outcome {
  if (outcome.kind !== "failed" || !folderPresent) return outcome;
  const line = tellingLine(endOfLog(jobFolder));
  return line === undefined ? outcome : { ...outcome, tellingLine: line };
}

// A log that cannot be read keeps no job from being accounted for.
function endOfLog(jobFolder: string): string {
  try {
    const bytes = readOwnLogTail(jobFolder, JOB_FILES.log, LOOKED_AT_BYTES) ?? Buffer.alloc(0);
    return textOfLog(
      lastLinesShortened(bytes.length < LOOKED_AT_BYTES ? bytes : bytes.subarray(firstWholeLine(bytes))),
    );
  } catch {
    return "";
  }
}
