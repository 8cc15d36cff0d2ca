import { describe, expect, it } from "vitest";
import { makeQueue } from "./queue-fixture.ts";

describe("a job whose info file is odd but clear enough", () => {
  it("runs, and what is odd is told in its log, its record and its status text", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("odd", { script: "echo hello", nb_pro: 2, e_mail: "ada@lab.org; bob" });
    const slip =
      "proc_config.cfg, line 3: nb_pro: did you mean nb_proc? As it stands it is a key of your own";
    const address = expect.stringMatching(
      /^proc_config\.cfg, line 4, e_mail: has "bob"; .*; it gets no mail$/,
    );
    expect(await queue.ended("odd")).toMatchObject({
      state: "done",
      mailTo: ["ada@lab.org"],
      warnings: [slip, address],
    });
    const [first, ...others] = queue.read("odd", "process.log")?.split("\n") ?? [];
    expect(first).toContain(`; warning: ${slip}; warning: proc_config.cfg, line 4, e_mail: has "bob"`);
    expect(others[0]).toBe("hello");
    expect(queue.read("odd", "QM_status.txt")).toContain(`Warning:       ${slip}\n`);
  });

  it("is told of a script that no shell runs as it is meant, though it ends as done", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("marked", {}, { "job.sh": "\ufeff#!/bin/bash\necho hello\n" });
    expect(await queue.ended("marked")).toMatchObject({
      state: "done",
      warnings: [expect.stringContaining("its #! line is not seen; save it as UTF-8 without one")],
    });
  });

  it("is told of words of bash, and of them again where it fails", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("bash", { script: "source env.sh" }, { "env.sh": "true\n" });
    const record = await queue.ended("bash");
    if (record.state === "done") return; // As `sh` is bash here.
    expect(record).toMatchObject({
      exitCode: 127,
      advice: expect.stringContaining("in place of `source FILE` `. ./FILE` does as well"),
      warnings: [expect.stringContaining('write ". ./env.sh" instead')],
    });
  });
});
