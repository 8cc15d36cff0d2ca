import { afterEach, describe, expect, it } from "vitest";
import { residentBytes } from "../../../src/worker/process/identity.ts";
import { makeTestJob, removeTestJobs } from "../../support/processes.ts";
import { toolOrSkip } from "../../support/tools.ts";

afterEach(removeTestJobs);

describe("residentBytes", () => {
  it.runIf(toolOrSkip("python3"))("adds up what a job's processes hold", async () => {
    const job = makeTestJob();
    job.write("hold.py", "import time\nheld = b'x' * 50_000_000\nopen('ready', 'w')\ntime.sleep(600)\n");
    await job.start("exec python3 hold.py");
    await job.file("ready");
    expect(residentBytes(job.processes())).toBeGreaterThan(50_000_000);
    expect(residentBytes(job.processes())).toBeLessThan(150_000_000);
  });

  it("is 0 for processes that are gone", () => {
    expect(residentBytes([{ bootId: "x", pid: 2 ** 22 + 1, startTicks: "1" }])).toBe(0);
  });
});
