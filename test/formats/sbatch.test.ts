import { describe, expect, it } from "vitest";
import { slurmSeconds } from "../../src/formats/sbatch.ts";
import { readShInfo } from "../../src/formats/sh.ts";
import { checkReadInfo } from "../../src/job/info.ts";

/** Wishes of a script with these lines, or its faults. */
function read(...lines: readonly string[]) {
  const checked = checkReadInfo(
    readShInfo(`#!/bin/bash\n${lines.join("\n")}\nhostname\n`, "job.sh"),
    "job.sh",
  );
  return checked.kind === "ok" ? checked.value : checked.problems;
}

describe("a script for Slurm", () => {
  it("says what it needs, several options a line", () => {
    expect(read("#SBATCH --cpus-per-task=2 --time=00:00:02 --mail-user=a@lab.org", "#SBATCH -J fit")).toEqual(
      {
        infoFile: "job.sh",
        script: "./job.sh",
        processors: 2,
        timeLimitSeconds: 2,
        mailTo: ["a@lab.org"],
        description: "fit",
        priority: 0,
      },
    );
  });

  it.each<[string, object]>([
    ["-n 4", { processors: 4 }],
    ["-n4 -c 2", { processors: 8 }],
    ["--ntasks 3 --cpus-per-task=2", { processors: 6 }],
    ["-N 2 --ntasks-per-node=4", { processors: 8 }],
    ["--nodes=3 --ntasks-per-node 2 -c 2", { processors: 12 }],
    ["--ntasks-per-node=4", { processors: 4 }],
    ["-N2-4 -c 3", { processors: 6 }],
    ["-N 2 -n 6 --ntasks-per-node=4", { processors: 6 }],
    ["--job-name='my \"own\" job' -c2", { description: 'my "own" job', processors: 2 }],
    ["-J a\\ b", { description: "a b" }],
    ["-t 90 # --ntasks=9", { timeLimitSeconds: 5400, processors: 1 }],
    ["-t1-12 --time=2-0", { timeLimitSeconds: 172_800 }],
    ["--mail-type=BEGIN,fail --mail-user a@lab", { mailOn: ["fail", "start"], mailTo: ["a@lab"] }],
    ["--mail-type=END,TIME_LIMIT_80", { mailOn: ["end"] }],
    ["--mail-type REQUEUE", { mailOn: ["none"] }],
    ["--mail-type=none,END", { mailOn: ["none"] }],
    ["\t--ntasks=2\r", { processors: 2 }],
  ])("may write %j", (options, expected) => {
    expect(read(`#SBATCH ${options}`)).toMatchObject(expected);
  });

  it.each([
    ["0", undefined],
    ["UNLIMITED", undefined],
    ["infinite", undefined],
    ["1", 60],
  ])("has the limit that --time=%s means there", (time, seconds) => {
    expect(read(`#SBATCH --time=${time}`)).toMatchObject(
      seconds === undefined ? {} : { timeLimitSeconds: seconds },
    );
    expect(read("#QM time_limit=5", `#SBATCH --time=${time}`)).toMatchObject({ timeLimitSeconds: 300 });
  });

  it("is read as sbatch does: before the first command, and only lines that begin so", () => {
    const lines = [
      "",
      "  # words",
      "##SBATCH -n 2",
      "# SBATCH -n 3",
      "#SBATCHES -n 4",
      "cd /tmp",
      "#SBATCH -n 5",
    ];
    expect(read(...lines)).toMatchObject({ processors: 1 });
    expect(read("#SBATCH -n 2", "#SBATCH -n 3")).toMatchObject({ processors: 3 });
  });

  it("gives way to lines of our own, wherever they stand", () => {
    const info = read(
      "#SBATCH -n 8 -t soon --mail-user=a@lab",
      "true",
      "#QM nb_proc=2",
      "#QM time_limit=1h",
      "#QM e_mail=b@lab",
    );
    expect(info).toMatchObject({ processors: 2, timeLimitSeconds: 3600, mailTo: ["b@lab"] });
  });

  it("is told what is not read of it", () => {
    expect(
      read("#SBATCH --mem=4G -p long --exclusive", "#SBATCH --output=%j.out -e err", "#SBATCH --mem 2G"),
    ).toMatchObject({
      warnings: [
        "job.sh, line 2: not read: --mem, --partition, --exclusive; they are options of Slurm without a meaning here",
        "job.sh, line 3: not read: --output, --error; output and errors are in process.log",
      ],
    });
  });

  it("is told of one option as of one", () => {
    expect(read("#SBATCH --mem=4G", "#SBATCH --mem 2G")).toMatchObject({
      warnings: ["job.sh, line 2: not read: --mem; it is an option of Slurm without a meaning here"],
    });
  });

  it.each([
    ["--time=soon", "time_limit", 'is "soon" in #SBATCH --time'],
    ["--ntasks=many", "nb_proc", 'is "many"'],
    ["-N all -c 2", "nb_proc", 'is "all"'],
    ["--ntasks-per-node=4x", "nb_proc", 'is "4x"'],
    ["--mail-type=SOMETIMES", "mail_on", 'is "SOMETIMES" in #SBATCH --mail-type'],
    ["--mail-type END,FAILS", "mail_on", 'is "END,FAILS" in #SBATCH --mail-type'],
    ["-n 2 -c 0", "nb_proc", 'is "0"'],
  ])("is refused with a value that Slurm would refuse too: %s", (options, key, wrong) => {
    expect(read(`#SBATCH ${options}`)).toMatchObject([{ line: 2, key, wrong }]);
  });
});

describe("a time of Slurm", () => {
  it.each([
    ["90", 5400],
    ["2:30", 150],
    ["1:30:00", 5400],
    ["00:00:02", 2],
    ["100:00:00", 360_000],
    ["2-3", 183_600],
    ["1-2:30", 95_400],
    ["1-00:00:05", 86_405],
  ])("%s has %d seconds", (text, seconds) => expect(slurmSeconds(text)).toBe(seconds));

  it.each(["", "soon", "1h", "1:2:3:4", "1-2:3:4:5", "-5", "1.5", "1-", ":30"])("%j is none", (text) => {
    expect(slurmSeconds(text)).toBeUndefined();
  });
});

describe("a script for another batch system", () => {
  it.each([
    ["#PBS -l nodes=1:ppn=4", "#PBS"],
    ["#$ -N fit", "#$"],
    ["#BSUB -n 4", "#BSUB"],
  ])("is told that its lines are not read: %s", (line, begin) => {
    expect(read(line, line)).toMatchObject({
      processors: 1,
      warnings: [
        `job.sh, line 2: not read: the lines with ${begin}; say what the job needs with #QM key=value`,
      ],
    });
  });

  it("is not seen in comments", () => {
    expect(read("#$HOME is here", "#PBSX", "# PBS -l x", "#$ 5 a month")).not.toHaveProperty("warnings");
  });
});

describe("a line of ours written otherwise", () => {
  it("is asked about", () => {
    expect(read("#qm nb_proc=4", "# QM --time-limit 5", "# qm is our queue")).toMatchObject({
      processors: 1,
      warnings: [
        "job.sh, line 2: #qm nb_proc: did you mean #QM nb_proc? As it stands it is a comment",
        "job.sh, line 3: # QM time-limit: did you mean #QM time-limit? As it stands it is a comment",
      ],
    });
  });
});
