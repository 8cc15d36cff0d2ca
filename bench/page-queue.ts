import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Layout, layoutOf, SHELVES } from "../src/queue/layout.ts";

const OWNERS = ["ada@lab.org", "grace@lab.org", "alan@lab.org", "emmy@lab.org", "kurt@lab.org"];
const SPAN_DAYS = 365;

/** A queue of nothing but finished jobs, in a temporary folder of its own. */
export interface FinishedQueue {
  readonly layout: Layout;
  readonly configFile: string;
  readonly remove: () => void;
}

/** Makes a queue with this many finished jobs: a folder and a line of the history each, spread over a year. */
export function makeFinishedQueue(count: number): FinishedQueue {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), "qm-bench-"));
  const layout = layoutOf(path.join(base, "QM"));
  const configFile = path.join(base, "QMserv.cfg");
  for (const shelf of SHELVES) fs.mkdirSync(layout[shelf], { recursive: true });
  fs.mkdirSync(layout.state);
  fs.writeFileSync(
    configFile,
    `[QMServer]\nQM_FOLDER = ${layout.root}\n[WEB_QMserver]\nThe_Port = 0\nLicence_to_kill = True\nDelete_Jobs = True\n`,
  );
  const history = fs.openSync(layout.history, "a");
  for (let at = 0; at < count; at += 1) {
    const name = `${String(at).padStart(6, "0")}_sample_run`;
    fs.mkdirSync(path.join(layout.finished, name));
    fs.writeSync(history, `${JSON.stringify(recordOf(name, at, count))}\n`);
  }
  fs.closeSync(history);
  return { layout, configFile, remove: () => fs.rmSync(base, { recursive: true, force: true }) };
}

function recordOf(name: string, at: number, count: number): object {
  const finishedMs = Date.now() - ((count - at) / count) * SPAN_DAYS * 86_400_000;
  const isDone = at % 7 !== 0;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    version: 1,
    name,
    runId: `run-${at}`,
    attempt: 1,
    state: isDone ? "done" : "failed",
    reason: isDone ? "the command ended with exit code 0" : "the command ended with exit code 1",
    owner: OWNERS[at % OWNERS.length],
    description: `sample ${at % 97} at 800 MHz`,
    script: "python process.py --fast",
    infoFile: "proc_config.cfg",
    mailTo: [],
    priority: 0,
    size: "100 x 4096",
    worker: "lab",
    host: "lab-server",
    processors: 2,
    queuedAt: iso(finishedMs - 4_200_000),
    startedAt: iso(finishedMs - 3_600_000),
    finishedAt: iso(finishedMs),
    waitedSeconds: 600,
    ranSeconds: 3600,
    exitCode: isDone ? 0 : 1,
    cpuSeconds: 7000,
  };
}
