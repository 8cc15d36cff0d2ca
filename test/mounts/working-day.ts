import { expect } from "vitest";
import { Laboratory } from "../hosts/laboratory.ts";
import type { Guests } from "../support/guests.ts";
import type { Host } from "../support/host.ts";
import { until } from "../support/until.ts";

const JOBS = 12;
const LONG = { script: "for line in $(seq 600); do echo line $line; sleep 0.5; done", worker: "lab2" };

/**
 * A day on any mount: a dozen jobs on three hosts, one that runs long and tells of it in its log, a worker that is killed and
 * started anew, and a kill by a person at another machine.
 */
export async function workThrough(guests: Guests): Promise<void> {
  const { queue, desk, hosts } = guests;
  const laboratory = await Laboratory.open(guests);
  const [manager, second, third] = hosts as [Host, Host, Host];
  await guests.deliver("long", LONG, {});
  for (let job = 1; job <= JOBS / 2; job += 1) await laboratory.deliver(`job-${job}`, 0.5 + (job % 4) / 2);
  await laboratory.busy(third);
  await laboratory.restart(second);
  await laboratory.restart(third);
  const line = await growingLog(guests);
  for (let job = JOBS / 2 + 1; job <= JOBS; job += 1) await laboratory.deliver(`job-${job}`, 1);
  const { startedAt } = queue.status() ?? {};
  await laboratory.restart(manager);
  await until("the manager's return", () => queue.status()?.startedAt !== startedAt);
  await growingLog(guests, line);
  const kill = desk.qm("kill", "long");
  expect(await kill.end(), kill.said).toBe(0);
  expect(await queue.ended("long")).toMatchObject({ state: "killed", attempt: 1, worker: "lab2" });
  await laboratory.ended(JOBS + 1);
  laboratory.expectEachOnce();
}

/** Waits until people at another machine see more of the long job's log, and gives the last line's number. */
async function growingLog({ desk }: Guests, after = 0): Promise<number> {
  let line = 0;
  let program = desk.qm("log", "long");
  await until("the growing log at another machine", () => {
    if (program.ended === undefined) return false;
    line = Math.max(0, ...[...program.said.matchAll(/^line (\d+)/gm)].map(([, number]) => Number(number)));
    if (line <= after) program = desk.qm("log", "long");
    return line > after;
  });
  return line;
}
