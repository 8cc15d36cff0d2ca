import fs from "node:fs";

/**
 * A script that tells of its start and its end in a file outside the queue, each in one appended line, so that the
 * lines of all jobs stand in the order in which they were written.
 * @param body what it does in between
 */
export function auditedScript(file: string, exitCode: number, body: string): string {
  return `#!/bin/sh
echo "start $QM_JOB_NAME $QM_ATTEMPT $NB_PROC" >>'${file}'
${body}
echo "stop $QM_JOB_NAME $QM_ATTEMPT $NB_PROC" >>'${file}'
exit ${exitCode}
`;
}

/** The jobs' own account. */
export interface Audit {
  /** Number of starts of each job, by name. */
  readonly starts: ReadonlyMap<string, number>;
  /** Likewise, how often each came to its end. */
  readonly stops: ReadonlyMap<string, number>;
  /** The most processors in use between a start and its stop, over all jobs. */
  readonly mostProcessors: number;
}

/** Reads the file that audited scripts have written to. */
export function readAudit(file: string): Audit {
  const starts = new Map<string, number>();
  const stops = new Map<string, number>();
  let inUse = 0;
  let mostProcessors = 0;
  for (const line of fs.readFileSync(file, "utf8").trimEnd().split("\n")) {
    const [word, name = "", , processors] = line.split(" ");
    const counts = word === "start" ? starts : stops;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    inUse += (word === "start" ? 1 : -1) * Number(processors);
    mostProcessors = Math.max(mostProcessors, inUse);
  }
  return { starts, stops, mostProcessors };
}
