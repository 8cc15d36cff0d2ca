import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ifThere } from "../disk/error-code.ts";
import { currentBootId } from "../disk/machine.ts";
import { readRegularText } from "../disk/safe-read.ts";
import { parseStatus } from "../job/published-status.ts";
import type { Layout } from "../queue/layout.ts";
import { type Report, readReport } from "../queue/workers/report.ts";
import { workerFiles, workersFolder } from "../queue/workers/worker-files.ts";
import { QmError } from "../text/errors.ts";
import { localTime } from "../text/local-time.ts";

const MAX_STATUS_BYTES = 256 * 1024 * 1024;
/** Longer than a living worker lets pass between two reports. */
const WATCH_MS = 7000;
const LOOK_MS = 500;

/** A name that a machine wants to have as a worker. */
export interface WantedName {
  readonly layout: Layout;
  readonly name: string;
  /** The machine's id. */
  readonly machine: string;
  /** The name may be that of a machine that is no more. */
  readonly adopt: boolean;
}

/** The machine that had the name before, if there was one. */
export interface TakenName {
  /** As it is spelt in the queue. */
  readonly name: string;
  /** Absent where it was this machine's, or nobody's. */
  readonly former?: string;
}

/**
 * Sees to it that a name is this machine's: names are compared without case, and one belongs to one machine. Throws `refused` where
 * another has it. Takes some seconds where this machine may have been cloned.
 */
export async function takeName(wanted: WantedName): Promise<TakenName> {
  const { layout, name, machine, adopt } = wanted;
  refuseManagers(layout, name);
  const found = reportOf(layout, name);
  if (found === undefined) return { name };
  const isOwn = found.machineId === machine;
  if (!isOwn && !adopt) throw taken(found, name);
  if (found.state !== "stopped" && found.bootId !== currentBootId()) await refuseHeardOf(layout, found);
  return isOwn ? { name: found.worker } : { name: found.worker, former: found.machineId };
}

function refuseManagers(layout: Layout, name: string): void {
  const status = parseStatus(readRegularText(layout.status, MAX_STATUS_BYTES));
  if (status === undefined || !isSame(status.worker, name)) return;
  throw new QmError("refused", `${name} is the name of the manager's own machine (${status.host})`, {
    path: layout.root,
    mend: "give this worker another name with --name",
  });
}

function reportOf(layout: Layout, name: string): Report | undefined {
  const names = ifThere(() => fs.readdirSync(workersFolder(layout))) ?? [];
  for (const one of names.filter((each) => isSame(each, name))) {
    const found = readReport(workerFiles(layout, one).report);
    if (found.kind === "report") return found.report;
  }
  return undefined;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

// Of the same run of the machine the lock tells, which lies on its own disk.
async function refuseHeardOf(layout: Layout, before: Report): Promise<void> {
  const untilMs = performance.now() + WATCH_MS;
  while (performance.now() < untilMs) {
    await sleep(LOOK_MS);
    const found = readReport(workerFiles(layout, before.worker).report);
    if (found.kind === "report" && isLater(found.report, before)) throw taken(found.report, before.worker);
  }
}

function isLater({ instance, sequence }: Report, before: Report): boolean {
  return instance !== before.instance || sequence !== before.sequence;
}

function taken({ host, writtenAt, state }: Report, name: string): QmError {
  const sign = `its last sign at ${localTime(writtenAt)}${state === "stopped" ? ", when it was stopped" : ""}`;
  return new QmError("refused", `the name ${name} is that of another machine, ${host}, ${sign}`, {
    mend: `choose another with --name; if that machine was installed anew as this one, add --adopt-name`,
  });
}
