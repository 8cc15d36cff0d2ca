import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { auditedScript, readAudit } from "../support/audit.ts";
import { TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

afterEach(async () => {
  await queue.close();
});

/** System calls on a file that are slowed down, and the first of each process. */
interface Slowness {
  readonly calls: string;
  readonly seconds: number;
  readonly first: number;
}

/** The command line that slows calls on a file down in a program and all that it starts; the program's own follows. */
function slowing(file: string, { calls, seconds, first }: Slowness): string[] {
  const inject = `inject=${calls}:delay_enter=${seconds}000000:when=${first}+`;
  return ["strace", "-D", "-f", "-o", "/dev/null", "-P", file, "-e", `trace=${calls}`, "-e", inject];
}

describe.runIf(toolOrSkip("strace"))("a shim that comes late, after its manager was killed", () => {
  it.each<[string, Slowness | undefined]>([
    ["finds that the next manager's shim was first, and leaves", undefined],
    // The second look at `start` comes just before the spawn.
    [
      "passes just before the next manager spawns one, and that one leaves",
      { calls: "statx,newfstatat,lstat", seconds: 3, first: 2 },
    ],
  ])("%s: the job runs once", async (_, slowness) => {
    queue = new TestQueue();
    const start = path.join(queue.layout.state, "workers/here/job.1/start");
    const auditFile = path.join(queue.base, "audit");
    queue.deliver("job", { script: "sh run.sh" }, { "run.sh": auditedScript(auditFile, 7, "sleep 3") });
    const first = queue.launch({ under: slowing(start, { calls: "openat", seconds: 2, first: 1 }) });
    await until("the first shim", () => queue.said.includes("job started"));
    await first.kill();
    queue.launch(slowness === undefined ? {} : { under: slowing(start, slowness) });
    expect(await queue.ended("job")).toMatchObject({ state: "failed", exitCode: 7, attempt: 1 });
    await until("the end of both shims", () => queue.processes().length === 0);
    const { starts, stops } = readAudit(auditFile);
    expect([starts.get("job"), stops.get("job")]).toEqual([1, 1]);
    expect(queue.history("job")).toHaveLength(1);
  });
});
