import { expect, it } from "vitest";
import { refusedToYou } from "../../src/folders/refused-move.ts";

it.each(["EACCES", "EPERM"])("a person who may not move a job is told whom to ask: %s", (code) => {
  const { why, mend } = refusedToYou({ kind: "refused", why: `the manager may not move it (${code})`, code });
  expect(why).toContain(`you may not move it (${code})`);
  expect(mend).toContain("ask for the right to write");
});

it.each([
  [{ why: "the disk is full (ENOSPC)", code: "ENOSPC" }],
  [{ why: "something of its name (EPERM) lies in QM_qJobs" }],
])("any other reason is passed on as it is", (refused) => {
  expect(refusedToYou({ kind: "refused", ...refused })).toEqual({ why: refused.why });
});
