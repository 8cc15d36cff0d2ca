import { describe, expect, it } from "vitest";
import { checkInfo } from "../../src/job/info.ts";
import { misspelledKey } from "../../src/job/info-key.ts";
import { describeProblem } from "../../src/text/problem.ts";

const RUN = { key: "script", value: "./run", line: 2 };

/** The problems of a file with these keys of the user's own, from line 3 on. */
function told(keys: readonly string[], fields = [RUN]): readonly string[] {
  const own = keys.map((key, index) => ({ key, line: index + 3 }));
  const checked = checkInfo(fields, "job.cfg", { own });
  return checked.kind === "ok" ? (checked.value.warnings ?? []) : checked.problems.map(describeProblem);
}

describe("a key that is nearly a known one", () => {
  it.each([
    ["scirpt", "script"],
    ["SCRIP", "script"],
    ["sccript", "script"],
    ["skript", "script"],
    ["nb_pro", "nb_proc"],
    ["nb_porc", "nb_proc"],
    ["nb_procs", "nb_proc"],
    ["nb-proc", "nb_proc"],
    ["nb proc", "nb_proc"],
    ["nbproc", "nb_proc"],
    ["tme_limit", "time_limit"],
    ["time-limit", "time_limit"],
    ["e_mial", "e_mail"],
    ["email", "e_mail"],
    ["e_mails", "e_mail"],
    ["priorty", "priority"],
    ["mail-on", "mail_on"],
    ["kill_garce", "kill_grace"],
    ["onwer", "owner"],
    ["ifno", "info"],
    ["infoo", "info"],
    ["szie", "size"],
    ["workers", "worker"],
    ["wroker", "worker"],
    ["Pools", "pool"],
    ["need", "needs"],
  ])("is %s for %s", (written, meant) => {
    expect(misspelledKey(written)).toBe(meant);
  });

  it.each([
    "name",
    "infos",
    "into",
    "inf",
    "sizes",
    "size2",
    "site",
    "side",
    "siz",
    "owners",
    "owned",
    "tower",
    "scripts",
    "script2",
    "nb_proc2",
    "priorities",
    "nb_cores",
    "e",
    "",
    "mail",
    "mail_to",
    "pooled",
    "work",
    "seeds",
  ])("is not %j, which is the user's own", (written) => {
    expect(misspelledKey(written)).toBeUndefined();
  });

  it("is asked about, and the job runs", () => {
    expect(told(["steps", "nb_pro", "e_mial"])).toEqual([
      "job.cfg, line 4: nb_pro: did you mean nb_proc? As it stands it is a key of your own",
      "job.cfg, line 5: e_mial: did you mean e_mail? As it stands it is a key of your own",
    ]);
  });

  it("is asked about beside what refuses the job", () => {
    expect(told(["tme_limit"], [{ ...RUN, key: "nb_proc", value: "0" }, RUN])).toEqual([
      expect.stringContaining("line 2, nb_proc: is"),
      expect.stringContaining("line 3: tme_limit: did you mean time_limit?"),
    ]);
  });

  it("is asked about eight times at most", () => {
    const warnings = told(Array.from({ length: 30 }, () => "nb_pro"));
    expect(warnings).toHaveLength(9);
    expect(warnings.at(-1)).toBe("and 22 more like these");
  });
});

describe("a file without a script", () => {
  it.each([
    ["scirpt", ["steps", "scirpt"], "line 4: scirpt: did you mean script?"],
    ["a word two letters off", ["scritps"], "line 3: scritps: did you mean script?"],
    ["a plural", ["scripts"], "line 3: scripts: did you mean script?"],
    ["another program's name for it", ["Command"], "line 3: Command: did you mean script?"],
  ])("asks about %s", (_, keys, question) => {
    expect(told(keys, [])).toContain(`job.cfg, script: is missing; ${question}`);
  });

  it("asks nothing where nothing looks like it", () => {
    const missing = "job.cfg, script: is missing; should give the command line to run";
    expect(told(["steps", "description"], [])).toEqual([missing]);
  });
});
