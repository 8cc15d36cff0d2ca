import type { Random } from "../support/random.ts";
import { choose, draw, happens, type Weighted } from "./chance.ts";
import { namesOn } from "./job-folders.ts";
import { ask, leaveEarly } from "./web-client.ts";
import type { World } from "./world.ts";

interface Visit extends Weighted {
  readonly visit: string;
  readonly address: (world: World, random: Random) => string;
  /** It does not end by itself. */
  readonly isStream?: boolean;
}

const VISITS: readonly Visit[] = [
  { visit: "front", weight: 4, address: () => "/" },
  { visit: "job", weight: 4, address: (world, random) => `/jobs/${someJob(world, random)}` },
  { visit: "stats", weight: 1, address: () => "/stats" },
  { visit: "api jobs", weight: 2, address: () => "/api/v1/jobs" },
  { visit: "api job", weight: 1, address: (world, random) => `/api/v1/jobs/${someJob(world, random)}` },
  { visit: "metrics", weight: 1, address: () => "/metrics" },
  { visit: "health", weight: 1, address: () => "/healthz" },
  { visit: "zip", weight: 1, address: (world, random) => `/download/${someJob(world, random)}` },
  { visit: "files", weight: 1, address: (world, random) => `/view/QM_dJobs/${someJob(world, random)}/` },
  { visit: "events", weight: 5, address: () => "/events", isStream: true },
  {
    visit: "log stream",
    weight: 3,
    address: (world, random) => `/jobs/${someJob(world, random)}/log/stream`,
    isStream: true,
  },
];

/** Somebody opens the page somewhere, and stays or leaves. */
export function visit(world: World): void {
  const random = world.random("page");
  const { visit: what, address, isStream = false } = draw(random, VISITS);
  const to = address(world, random);
  const leavesAfterMs = random.between(5, isStream ? 8000 : 60);
  const leaves = isStream || happens(random, 0.2);
  const url = world.pageUrl;
  if (url === undefined || world.visitors.isFull) return;
  world.tally.add(`visit: ${what}`);
  world.visitors.join(async () => {
    if (leaves) await leaveEarly(url, to, leavesAfterMs);
    else await look(world, url, to);
  });
}

async function look(world: World, url: string, address: string): Promise<void> {
  const { page } = world;
  try {
    const { status, text } = await ask(url, address);
    world.tally.add(`page: ${status}`);
    const isExpected = status === 200 || status === 404 || (status === 503 && address !== "/");
    if (!isExpected) world.trouble(`GET ${address}: ${status} ${text.slice(0, 2000)}`);
  } catch (error) {
    // One that was killed meanwhile answers nobody.
    if (page?.isSignalled === false) world.trouble(`GET ${address}: ${String(error)}`);
  }
}

function someJob({ queue: { layout } }: World, random: Random): string {
  const stage = choose(random, ["queue", "running", "running", "finished", "lost"] as const) ?? "finished";
  return encodeURIComponent(choose(random, namesOn(layout, stage)) ?? "nobody");
}
