import { noteKill, type PickedJob, pick, pickEnded } from "./picking.ts";
import { ask } from "./web-client.ts";
import type { Act, World } from "./world.ts";

/** Acts of the page's visitors with its buttons. */
export const PAGE_ACTS: readonly Act[] = [
  { act: "page: kill", weight: 3, perform: kill },
  { act: "page: hold", weight: 2, perform: async (world) => await press(world, "hold") },
  { act: "page: release", weight: 2, perform: async (world) => await press(world, "release") },
  { act: "page: top", weight: 2, perform: async (world) => await press(world, "top") },
  { act: "page: redo", weight: 4, perform: redo },
  { act: "page: delete", weight: 2, perform: remove },
];

/** See other: done. */
const DONE = 303;

async function kill(world: World): Promise<boolean> {
  const job = pick(world, world.random("acts").next() < 0.6 ? "running" : "queue");
  if (job === undefined) return false;
  noteKill(world, job);
  return (await post(world, `/kill/${segment(job)}`)) === DONE;
}

async function press(world: World, button: "hold" | "release" | "top"): Promise<boolean> {
  const job = pick(world, "queue");
  return job !== undefined && (await post(world, `/jobs/${segment(job)}/${button}`)) === DONE;
}

async function redo(world: World): Promise<boolean> {
  const job = pickEnded(world);
  if (job === undefined || (await post(world, `/jobs/${segment(job)}/redo`)) !== DONE) return false;
  job.entry.redone.push(job.runId);
  return true;
}

async function remove(world: World): Promise<boolean> {
  const job = pickEnded(world);
  if (job === undefined) return false;
  const stage = job.stage === "finished" ? "QM_dJobs" : "QM_lost%2Bfound";
  if ((await post(world, `/delete/${stage}/${segment(job)}`)) !== DONE) return false;
  job.entry.deletedAfter = job.runId;
  return true;
}

function segment({ name }: PickedJob): string {
  return encodeURIComponent(name);
}

/** Sends a form as the page has it: with the token that stands in it. */
async function post(world: World, address: string): Promise<number | undefined> {
  const url = world.pageUrl;
  if (url === undefined) return undefined;
  const front = await ask(url, "/");
  const token = /name="token" value="([^"]+)"/.exec(front.text)?.[1];
  if (token === undefined) {
    world.trouble(`the page has no token: it answers ${front.status}`);
    return undefined;
  }
  const { status, text } = await ask(url, address, { token });
  world.tally.add(`page: ${status}`);
  if (!isExpected(status, text)) world.trouble(`POST ${address}: ${status} ${text.slice(0, 2000)}`);
  return status;
}

/** The job may have moved on: it is gone, in another state, or moved under the hand. Our token is never at fault. */
function isExpected(status: number, text: string): boolean {
  if (status === 403) return !/out of date|comes neither|token is wrong/.test(text);
  return status === DONE || status === 404 || (status === 500 && text.includes("may have moved on"));
}
