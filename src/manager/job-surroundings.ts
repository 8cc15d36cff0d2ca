import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import type { JobRecord } from "../job/record.ts";
import { type JobSurroundings, logLinesShown } from "../mail/job-letter.ts";
import { jobPage } from "../mail/letter-links.ts";
import { logEnding } from "../mail/log-ending.ts";
import { readLastLines } from "../queue/files/log-lines.ts";
import { openOwnLog } from "../queue/files/open-shown-log.ts";
import { JOB_FILES, type Layout, type Shelf } from "../queue/layout.ts";
import { mountedPath } from "../text/mounted-path.ts";

/** Where a letter finds what it tells. */
interface Places {
  readonly layout: Layout;
  readonly mail: Config["mail"];
  /** Where its log lies now; undefined where nobody knows, or there is none yet. */
  readonly folder: string | undefined;
  /** Where its folder will rest. */
  readonly shelf: Shelf;
}

/** What a letter tells of a job's surroundings: where it lies, its page, the end of its log. */
export function surroundingsOf(record: JobRecord, { layout, mail, folder, shelf }: Places): JobSurroundings {
  const { pathAs, pageUrl } = mail;
  const { name, state } = record;
  return {
    folder: path.join(layout[shelf], name),
    ...(pathAs === undefined ? {} : { mountedAs: mountedPath(pathAs, path.basename(layout[shelf]), name) }),
    ...(pageUrl === undefined ? {} : { link: jobPage(pageUrl, name) }),
    runsAgain: shelf === "queue",
    logLines: folder === undefined ? [] : lastLines(folder, logLinesShown(state)),
  };
}

// One line more than is shown, as the last one is the manager's own. A log that cannot be read keeps no letter back.
function lastLines(folder: string, maxLines: number): readonly string[] {
  const log = openOwnLog(folder, JOB_FILES.log);
  if (log === undefined) return [];
  try {
    return logEnding(readLastLines(log, maxLines + 2).text, maxLines);
  } catch {
    return [];
  } finally {
    fs.closeSync(log.handle);
  }
}
