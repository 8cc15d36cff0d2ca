import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { orSkip } from "../support/tools.ts";
import { Scratch } from "./cli-fixture.ts";

/** Groups of version 1, made for a test where the system has them and lets us. */
const GROUP = `/sys/fs/cgroup/cpu/qm-test-${process.pid}`;
const mayMount = spawnSync("unshare", ["-m", "true"]).status === 0;
const mayMakeGroups = spawnSync("sh", ["-c", `mkdir ${GROUP} && rmdir ${GROUP}`]).status === 0;

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.write("QMserv.cfg", "[QMServer]\n");
});
afterEach(async () => await scratch.close());

describe("the processors of a container with a CPU quota", () => {
  it.runIf(orSkip(mayMount, "the right to mount"))("are what its cpu.max allows", async () => {
    const under = `unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup && echo 50000 100000 > /sys/fs/cgroup/cpu.max && exec "$@"' sh QM`;
    const { out } = await scratch.program(["config"], under);
    expect(out).toMatch(/MaxNbProcessors +1 +default: a CPU quota of 0.5 processors$/m);
  });

  it.runIf(mayMakeGroups)("are what a group above its own allows, in version 1", async () => {
    const made = `mkdir -p ${GROUP}/inner && echo 70000 > ${GROUP}/cpu.cfs_quota_us`;
    const gone = `until rmdir ${GROUP}/inner ${GROUP}; do sleep 0.1; done 2>/dev/null`;
    const line = `trap '${gone}' EXIT; ${made} && sh -c 'echo $$ > ${GROUP}/inner/cgroup.procs && exec "$@"' sh QM`;
    const { out } = await scratch.program(["doctor"], line);
    expect(out).toMatch(/^ok +CPU quota: a CPU quota of 0.7 processors; MaxNbProcessors is 1$/m);
  });
});
