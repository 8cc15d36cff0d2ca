import fs from "node:fs";
import { configText, type Settings } from "../support/queue-folder.ts";
import type { Random } from "../support/random.ts";
import { ADMIN } from "./audit-letters.ts";
import { draw, type Weighted } from "./chance.ts";

/** Processors that all jobs may use, unless a variation says otherwise. */
export const PROCESSORS = 4;

/** A folder that rests for so long counts as whole, in seconds. */
export const SETTLE_SECONDS = 1;

const SERVER: Settings = {
  MaxNbProcessors: PROCESSORS,
  Poll_Interval: 0.2,
  Settle_Time: SETTLE_SECONDS,
  Min_Free_Disk: "0 B",
  Kill_Grace: 1,
  Worker: "here",
  MailActive: "True",
  // Small, so that logs are put aside while the soak runs.
  Log_Max_Size: "200 KB",
  Log_Keep: 2,
};

const PAGE: Settings = { Host: "127.0.0.1", The_Port: 0, Licence_to_kill: "True", Delete_Jobs: "True" };

/** A way to change the configuration of a manager that runs. */
export interface Variation extends Weighted {
  readonly variation: string;
  readonly settings: Settings;
  /** It is refused as a whole, so that nothing may start with it. */
  readonly isFaulty?: boolean;
  /** Little would go on for as long as it is in force. */
  readonly isBrief?: boolean;
}

const VARIATIONS: readonly Variation[] = [
  { variation: "as it was", weight: 4, settings: {} },
  { variation: "fewer processors", weight: 2, settings: { MaxNbProcessors: 2 }, isBrief: true },
  { variation: "more processors", weight: 2, settings: { MaxNbProcessors: 6 } },
  { variation: "one at a time", weight: 1, settings: { launch_type: "blocking" }, isBrief: true },
  { variation: "requeues lost jobs", weight: 3, settings: { On_Lost: "requeue" } },
  { variation: "no fair share", weight: 1, settings: { Fair_Share: "False" } },
  { variation: "tells more, as json", weight: 1, settings: { Debug: "True", Log_Format: "json" } },
  { variation: "looks seldom", weight: 1, settings: { Poll_Interval: 1 } },
  { variation: "faulty", weight: 2, settings: { MaxNbProcessors: "many" }, isFaulty: true },
];

/** One of the ways to change it. */
export function drawVariation(random: Random): Variation {
  return draw(random, VARIATIONS);
}

/** Places of a queue and its mail server. */
export interface Places {
  readonly configFile: string;
  readonly queueFolder: string;
  readonly smtpUrl: string;
}

/** Writes the whole configuration by one rename, so that nobody reads half of it. */
export function writeConfiguration({ configFile, queueFolder, smtpUrl }: Places, settings: Settings): void {
  const mail: Settings = {
    Smtp: smtpUrl,
    From: "Queue <qm@lab.org>",
    Mail_Admin: ADMIN,
    Mail_Daily_Cap: 1_000_000,
    Page_Url: "http://lab:8000",
  };
  const sections = {
    QMServer: { QM_FOLDER: queueFolder, ...SERVER, ...settings },
    WEB_QMserver: PAGE,
    Mail: mail,
  };
  fs.writeFileSync(`${configFile}.new`, configText(sections));
  fs.renameSync(`${configFile}.new`, configFile);
}
