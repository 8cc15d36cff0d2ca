import fs from "node:fs";

/** A job's own account, in one line of a file outside the queue. */
export interface Told {
  readonly word: "start" | "stop";
  readonly id: number;
  /** The mark of its run, which is the run id of the records. */
  readonly runId: string;
  readonly attempt: number;
  readonly processors: number;
  readonly uptimeSeconds: number;
  /** With which it is about to end; for a stop alone. */
  readonly exitCode?: number;
}

/**
 * A script that tells of its start and its end. The clock is the one since boot, read without another process.
 * @param body what it does in between
 */
export function tellingScript(file: string, id: number, exitCode: number, body: string): string {
  return `#!/bin/sh
tell() {
  read -r up rest </proc/uptime
  echo "$1 ${id} $QM_JOB_TOKEN $QM_ATTEMPT $NB_PROC $up $2" >>'${file}'
}
tell start
${body}
tell stop ${exitCode}
exit ${exitCode}
`;
}

/** Reads the file that telling scripts have written to. Throws at a line that none of them can have written. */
export function readTold(file: string): Told[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map(parseTold);
}

function parseTold(line: string): Told {
  const found = /^(start|stop) (\d+) (\w+) (\d+) (\d+) ([\d.]+) (\d*)$/.exec(line);
  if (found === null) throw new Error(`no script tells «${line}»`);
  const [, word, id, runId = "", attempt, processors, uptime, exitCode] = found;
  return {
    word: word === "start" ? "start" : "stop",
    id: Number(id),
    runId,
    attempt: Number(attempt),
    processors: Number(processors),
    uptimeSeconds: Number(uptime),
    ...(exitCode === "" ? {} : { exitCode: Number(exitCode) }),
  };
}
