import { describe, expect, it } from "vitest";
import { makeQueue } from "./queue-fixture.ts";

/** Runs a script as a job of its own and gives what its end says everywhere. */
async function failed(script: string) {
  const queue = makeQueue();
  await queue.run();
  queue.deliver("job", {}, { "job.sh": `${script}\n` });
  const { state, reason, tellingLine, advice } = await queue.ended("job");
  expect(state).toBe("failed");
  return { queue, reason, tellingLine, advice, status: queue.read("job", "QM_status.txt") };
}

describe("the reason of a failed job", () => {
  it("is its own last word, in the record, the status text, the log's last line and the history", async () => {
    const { queue, reason, tellingLine, status } = await failed(
      "echo step 1; printf '\\033[31mError:\\033[0m no mesh\\n' >&2; exit 3",
    );
    expect(tellingLine).toBe("Error: no mesh");
    expect(reason).toBe("Error: no mesh (exit code 3)");
    expect(status).toMatch(/^FAILED {2}job\n\nError: no mesh \(exit code 3\)\n\n/);
    const log = queue.read("job", "process.log")?.trimEnd().split("\n").at(-1);
    expect(log).toMatch(/^\[QM\] ended .*: failed, Error: no mesh \(exit code 3\)$/);
    expect(queue.history("job")).toMatchObject([{ reason, tellingLine }]);
  });

  it.each([
    [
      "of five gigabytes",
      "truncate -s 5G process.log; echo; echo 'Error: no mesh'; exit 1",
      "Error: no mesh",
    ],
    ["in Latin-1, without a last newline", "printf 'Error: M\\374ller fehlt'; exit 1", "Error: Müller fehlt"],
    [
      "of a thousand frames and an epilogue",
      "echo 'Error: no mesh'; seq -f '\tat lab.Fit.deeper.and.deeper.down.the.tree(Fit.java:%.0f)' 1500; seq 400; exit 1",
      "Error: no mesh",
    ],
    [
      "whose last line has most of a megabyte",
      "echo 'Error: no mesh'; head -c 900000 /dev/zero | tr '\\0' x; exit 1",
      "Error: no mesh",
    ],
    ["of bytes", "echo 'Error: no mesh'; seq 60000 | gzip; exit 1", "Error: no mesh"],
  ])("is found at the end of a log %s", async (_, script, expected) => {
    expect((await failed(script)).reason).toBe(`${expected} (exit code 1)`);
  });

  it.each([
    ["tells nothing", "echo hello; exit 1"],
    ["is gone", "rm process.log; exit 1"],
    ["leads to another file", "echo 'Error: secret' > other; ln -sf other process.log; exit 1"],
  ])("is the exit code alone where the log %s", async (_, script) => {
    const { reason, tellingLine } = await failed(script);
    expect(reason).toBe("the command ended with exit code 1");
    expect(tellingLine).toBeUndefined();
  });

  it("comes with advice where the exit code is the shell's or a signal's", async () => {
    const missing = await failed("nosuchcommand");
    expect(missing.reason).toMatch(/nosuchcommand: not found \(exit code 127\)$/);
    expect(missing.status).toContain("\nExit code 127 mostly means that a command was not found: check ");
    const killed = await failed("kill -KILL $$");
    expect(killed.reason).toBe("Killed (exit code 137, signal SIGKILL)");
    expect(killed.advice).toMatch(/^Exit code 137 \(SIGKILL\) mostly means that .*memory ran out/);
  });
});
