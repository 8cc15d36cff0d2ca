import { expect, it } from "vitest";
import type { Surroundings } from "../../src/config/parser.ts";
import { absolutePath } from "../../src/config/quantities.ts";

const NO_HOME: Surroundings = {
  folder: "/srv/lab",
  home: undefined,
  hostname: "lab",
  processors: 4,
  cpuQuota: undefined,
  variables: {},
  queueFolder: undefined,
  mayLackVariables: false,
};

it("lacks a home folder only where ~ stands for it, and then says so", () => {
  expect(absolutePath("QM", NO_HOME)).toMatchObject({ value: "/srv/lab/QM" });
  for (const text of ["~", "~/QM"])
    expect(absolutePath(text, NO_HOME)).toEqual({
      kind: "wrong",
      right: "should be written out: the user has no home folder, neither by HOME nor by passwd",
    });
});
