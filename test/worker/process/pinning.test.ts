import os from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { formatProcessorList } from "../../../src/job/processor-sets.ts";
import { allowedProcessors, pinningSupport } from "../../../src/worker/process/pinning.ts";
import { readProcessStat } from "../../../src/worker/process/process-stat.ts";
import { makeTestJob, removeTestJobs } from "../../support/processes.ts";
import { toolOrSkip } from "../../support/tools.ts";
import { until } from "../../support/until.ts";

afterEach(removeTestJobs);

describe("allowedProcessors", () => {
  it("are as many as this process may use", () => {
    expect(allowedProcessors()).toHaveLength(os.availableParallelism());
  });
});

describe("a job bound to processors", () => {
  it.runIf(toolOrSkip("taskset"))("has those and no others", async () => {
    const support = pinningSupport();
    expect(support).toEqual({ kind: "available", processors: allowedProcessors() });
    for (const processors of [allowedProcessors().slice(-1), allowedProcessors()]) {
      const job = makeTestJob();
      await job.run("nproc; grep Cpus_allowed_list /proc/self/status", { processors });
      expect(job.read("process.log")).toBe(
        `first line\n${processors.length}\nCpus_allowed_list:\t${formatProcessorList(processors)}\n`,
      );
    }
  });

  it("is not started where none of them is there", async () => {
    const job = makeTestJob();
    job.spawn("touch ran", { processors: [60_000] });
    const failure = await until("the reason", () => job.failure);
    expect(failure).toBe("processors 60000 are not there for the manager any more");
    expect(job.read("ran")).toBeUndefined();
  });

  it.runIf(toolOrSkip("taskset"))("has a shim that taskset has become, not one below it", async () => {
    const job = makeTestJob();
    const shim = await job.start("exec sleep 600", { processors: allowedProcessors() });
    expect(readProcessStat(shim.pid)?.parent).toBe(process.pid);
  });
});
