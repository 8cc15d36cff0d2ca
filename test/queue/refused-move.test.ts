import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { mendOfSticky, refusedToYou } from "../../src/queue/access.ts";
import { asOrdinaryUser, fill, giveToOrdinaryUser, rootOrSkip, scratchFolder } from "../support/scratch.ts";

it.each(["EACCES", "EPERM"])("a person who may not move a job is told whom to ask: %s", (code) => {
  const refused = { kind: "refused", why: `the manager may not move it (${code})`, code } as const;
  const { why, mend } = refusedToYou(refused, scratchFolder());
  expect(why).toContain(`you may not move it (${code})`);
  expect(mend).toContain("ask for the right to write");
});

it.each([
  [{ why: "the disk is full (ENOSPC)", code: "ENOSPC" }],
  [{ why: "something of its name (EPERM) lies in QM_qJobs" }],
])("any other reason is passed on as it is", (refused) => {
  expect(refusedToYou({ kind: "refused", ...refused }, "/nowhere/job")).toEqual({ why: refused.why });
});

it.runIf(rootOrSkip())("a person hears of the sticky bit where that is what hinders, and nobody else", () => {
  const stage = path.join(fill(scratchFolder(), { "QM_dJobs/job/": "" }), "QM_dJobs");
  const job = path.join(stage, "job");
  const mend = () => asOrdinaryUser(() => mendOfSticky(job));
  fs.chmodSync(stage, 0o3775);
  expect(mend()).toMatch(/^QM_dJobs is sticky.*chmod -t .*QM_dJobs.*Delete_Jobs/);
  const refused = { kind: "refused", why: "the manager may not move it (EPERM)", code: "EPERM" } as const;
  expect(asOrdinaryUser(() => refusedToYou(refused, job)).mend).toBe(mend());
  fs.chmodSync(stage, 0o2775);
  expect(mend()).toBeUndefined();
  fs.chmodSync(stage, 0o3775);
  giveToOrdinaryUser(job);
  expect(mend()).toBeUndefined();
});
