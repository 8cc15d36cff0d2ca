import { describe, expect, it } from "vitest";
import { loaded, problemsOf } from "./config-fixture.ts";

describe("[JobEnvironment]", () => {
  it("keeps names in the case in which they are written, and empty values", () => {
    const { config, settings } = loaded("[jobenvironment]\nDataDir = /d\nEMPTY =\n");
    expect(config.jobEnvironment).toEqual({ DataDir: "/d", EMPTY: "" });
    expect(settings.filter(({ section }) => section === "JobEnvironment")).toMatchObject([
      { key: "DataDir", value: "/d", origin: { line: 2 } },
      { key: "EMPTY", value: "", origin: { line: 3 } },
    ]);
  });

  it.each(["QM_JOB_NAME", "qm_x"])("refuses the reserved name %s", (name) => {
    expect(problemsOf(`[JobEnvironment]\n${name} = 1\n`)).toMatchObject([
      { line: 2, key: name, wrong: "is a reserved name" },
    ]);
  });

  it("refuses a value that no environment can hold", () => {
    expect(problemsOf("[JobEnvironment]\nA = x\0y\n")).toMatchObject([{ key: "A" }]);
  });
});
