import { expect, it } from "vitest";
import { mountedPath } from "../../src/text/paths.ts";

it.each([
  ["\\\\lab\\QM", "\\\\lab\\QM\\QM_dJobs\\a"],
  ["Q:\\", "Q:\\QM_dJobs\\a"],
  ["/Volumes/QM/", "/Volumes/QM/QM_dJobs/a"],
  ["smb://lab/QM", "smb://lab/QM/QM_dJobs/a"],
])("writes a path below %s in its own way", (pathAs, expected) => {
  expect(mountedPath(pathAs, "QM_dJobs", "a")).toBe(expected);
});
