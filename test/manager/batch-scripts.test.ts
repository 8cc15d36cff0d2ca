import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { makeQueue } from "./queue-fixture.ts";

describe("a script for Slurm", () => {
  it("runs with what it asks for, and finds its folder", async () => {
    const queue = makeQueue();
    await queue.run();
    const script = [
      "#!/bin/bash",
      "#SBATCH --cpus-per-task=2 --mail-user=ada@lab.org --mem=4G",
      "cd $SLURM_SUBMIT_DIR && echo $NB_PROC > wanted && cd / && pwd > $PBS_O_WORKDIR/there",
    ];
    queue.deliver("slurm", {}, { "job.sh": script.join("\n") });
    expect(await queue.ended("slurm")).toMatchObject({
      state: "done",
      owner: "ada@lab.org",
      processors: 2,
      warnings: [expect.stringContaining("not read: --mem")],
    });
    expect([queue.read("slurm", "wanted"), queue.read("slurm", "there")]).toEqual(["2\n", "/\n"]);
  });

  it("counts too where an info file names it, for what that file does not say", async () => {
    const queue = makeQueue();
    await queue.run();
    const text = "#!/bin/sh\n#SBATCH -n 2 -t 1:00 --job-name=fit\ntrue\n";
    queue.deliver("named", { script: "sh run.sh", time_limit: 5 }, { "run.sh": text });
    expect(await queue.ended("named")).toMatchObject({
      processors: 2,
      timeLimitSeconds: 300,
      description: "fit",
    });
  });
});

describe("a job's folder for temporary files", () => {
  it("is its own, empty, and gone when it rests, whatever it has left there", async () => {
    const queue = makeQueue();
    await queue.run();
    const script =
      'ls -A "$TMPDIR" > before; cd "$(mktemp -d)" && pwd > "$QM_JOB_DIR/inside" && touch a.part';
    queue.deliver("temp", { script }, { ".qm/tmp/old": "x" });
    expect(await queue.ended("temp")).toMatchObject({ state: "done" });
    expect(queue.read("temp", "before")).toBe("");
    expect(queue.read("temp", "inside")).toContain(path.join(queue.folder("running", "temp"), ".qm/tmp/"));
    expect(fs.existsSync(path.join(queue.folder("finished", "temp"), ".qm/tmp"))).toBe(false);
    await until("the removal of what it left", () => fs.readdirSync(queue.layout.trash).length === 0);
    fs.renameSync(queue.folder("finished", "temp"), queue.folder("queue", "temp"));
    const second = await until("the second attempt", () => queue.history("temp")[1]);
    expect(second).toMatchObject({ state: "done", attempt: 2 });
  });

  it("is not looked for through a link", async () => {
    const queue = makeQueue();
    await queue.run();
    const elsewhere = path.join(queue.base, "elsewhere");
    fs.mkdirSync(path.join(elsewhere, "tmp"), { recursive: true });
    queue.deliver("linked", { script: `rm -r .qm && ln -s ${elsewhere} .qm` });
    await queue.ended("linked").catch(() => undefined);
    expect(fs.existsSync(path.join(elsewhere, "tmp"))).toBe(true);
  });
});
