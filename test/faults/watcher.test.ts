import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { ManagerOptions, TestQueue } from "../support/test-queue.ts";
import { orSkip, toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";
import { isWatching, watchedFolders } from "./watching.ts";

const WARNING = "a watcher failed; changes are found by scanning";

/** Longer than any wait in here: what only a scan finds comes too late. */
const SELDOM = { Poll_Interval: 600 };

const MAX_QUEUED_EVENTS = Number(fs.readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8"));

/** Makes a call of a manager fail as often as it is made. */
function failing(call: string, error: string): ManagerOptions {
  const inject = `inject=${call}:error=${error}`;
  return { under: ["strace", "-D", "-f", "-o", "/dev/null", "-e", `trace=${call}`, "-e", inject] };
}

/** A user namespace of its own in which nothing of a kind is left; the program's command line follows. */
function usedUp(limit: string): string[] {
  const script = `echo 0 >/proc/sys/user/${limit} && exec "$@"`;
  return ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"];
}

const [program = "", ...args] = usedUp("max_inotify_watches");
const canUseUp = orSkip(
  spawnSync(program, [...args, "true"]).status === 0,
  "user namespaces with limits of their own",
);

async function expectScanning(options: ManagerOptions): Promise<void> {
  await withQueue({}, async (queue) => {
    await queue.start(options);
    await expectDone(queue, "first");
    await expectDone(queue, "second");
    expect(queue.said.split(WARNING)).toHaveLength(2);
  });
}

async function expectDone(queue: TestQueue, name: string): Promise<void> {
  queue.deliver(name, { script: "true" });
  expect(await queue.ended(name)).toMatchObject({ state: "done" });
}

describe.concurrent("a manager that cannot watch its folders warns once and finds jobs by scanning", {}, () => {
  it.runIf(toolOrSkip("strace")).each([
    ["inotify_add_watch", "ENOSPC"],
    ["inotify_init1", "EMFILE"],
    ["inotify_init1", "ENOSYS"],
  ])("where %s fails with %s", async (call, error) => {
    await expectScanning(failing(call, error));
  });

  it.runIf(canUseUp).each(["max_inotify_watches", "max_inotify_instances"])(
    "where the limit %s is reached",
    async (limit) => {
      await expectScanning({ under: usedUp(limit) });
    },
  );
});

describe.concurrent("a manager to which more happens than the kernel keeps for it", {}, () => {
  it("finds by scanning what it has missed", async () => {
    await withQueue({ Poll_Interval: 2 }, async (queue) => {
      await flood(queue, () => queue.deliver("amid", { script: "true" }));
      expect(await queue.ended("amid")).toMatchObject({ state: "done" });
    });
  });

  it("notices at once what comes later", async () => {
    await withQueue(SELDOM, async (queue) => {
      await flood(queue, () => undefined);
      // With the second sign of life at the latest it has heard all that there was to hear.
      await nextSignOfLife(queue);
      await nextSignOfLife(queue);
      await expectDone(queue, "later");
      expect(queue.said).not.toContain(WARNING);
    });
  });
});

/** Halts a manager while more happens in the queue than the kernel keeps; what comes last is certain to be missed. */
async function flood(queue: TestQueue, last: () => void): Promise<void> {
  const manager = await queue.start();
  await until("a watching manager", () => isWatching(manager.pid, watchedFolders(queue)));
  manager.signal("SIGSTOP");
  stir(queue.layout.queue, MAX_QUEUED_EVENTS);
  last();
  manager.signal("SIGCONT");
}

async function nextSignOfLife({ layout }: TestQueue): Promise<void> {
  const before = fs.statSync(layout.status).mtimeMs;
  await until("a sign of life", () => fs.statSync(layout.status).mtimeMs !== before);
}

/** Makes more events than a number: two for each file that comes and goes. */
function stir(folder: string, events: number): void {
  for (let made = 0; made <= events; made += 2) {
    const file = path.join(folder, `.stirred-${made}`);
    fs.writeFileSync(file, "");
    fs.rmSync(file);
  }
}
