import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { folderWith, loaded, MACHINE, problemsOf, told } from "./config-fixture.ts";

describe("[JobEnvironment]", () => {
  it("keeps names in the case in which they are written, and empty values", () => {
    const { config, settings } = loaded("[jobenvironment]\nDataDir = /d\nEMPTY =\n");
    expect(config.jobEnvironment).toEqual({ DataDir: "/d", EMPTY: "" });
    expect(settings.filter(({ section }) => section === "JobEnvironment")).toMatchObject([
      { key: "DataDir", value: "/d", origin: { line: 2 } },
      { key: "EMPTY", value: "", origin: { line: 3 } },
    ]);
  });

  it("fills in the variables of the environment, and shows the values as they are written", () => {
    const written = {
      PATH: "/opt/conda/bin:$PATH",
      LIBS: "\x24{CONDA}/lib:\x24{CONDA}64",
      PRICE: "5$$ or 5$",
      NESTED: "%(PATH)s:$CONDA",
      EMPTY: "<$EMPTY>",
    };
    const lines = Object.entries(written).map(([name, value]) => `${name} = ${value}`);
    const cwd = folderWith(["[JobEnvironment]", ...lines].join("\n"));
    const env = { PATH: "/usr/bin:/bin", CONDA: "/opt/conda", EMPTY: "" };
    const result = loadConfig({ ...MACHINE, cwd, env });
    expect(result).toMatchObject({
      value: {
        config: {
          jobEnvironment: {
            PATH: "/opt/conda/bin:/usr/bin:/bin",
            LIBS: "/opt/conda/lib:/opt/conda64",
            PRICE: "5$ or 5$",
            NESTED: "/opt/conda/bin:/usr/bin:/bin:/opt/conda",
            EMPTY: "<>",
          },
        },
        settings: expect.arrayContaining([expect.objectContaining({ key: "PATH", value: written.PATH })]),
      },
    });
  });

  it("refuses a variable that the environment does not have, and what only a shell fills in", () => {
    const text =
      "[JobEnvironment]\nPATH = /opt/bin:$NO_SUCH\nROOT = /opt\nBIN = $ROOT/bin\nDAY = $(date)\nA = \x24{B:-c}\nC = $1\n";
    expect(told(problemsOf(text))).toEqual([
      "QMserv.cfg, line 2, PATH: refers to $NO_SUCH, which is not in the environment; should name a variable of the manager's environment: start it with that variable, or write $$ for a dollar sign",
      expect.stringMatching(/line 4, BIN: refers to \$ROOT, .*write %\(ROOT\)s for the key of this section/),
      expect.stringMatching(/line 5, DAY: holds "\$\(date\)", as only a shell fills it in; should be \$NAME/),
      expect.stringMatching(/line 6, A: holds "\$\{B:?-?c?\}?", as only/),
      expect.stringMatching(/line 7, C: holds "\$1"/),
    ]);
  });

  it("lets a process beside the manager lack a variable, and says so", () => {
    const cwd = folderWith("[JobEnvironment]\nPATH = /opt/bin:$NO_SUCH\n");
    expect(loadConfig({ ...MACHINE, cwd, mayLackVariables: true })).toMatchObject({
      value: {
        config: { jobEnvironment: { PATH: "/opt/bin:$NO_SUCH" } },
        warnings: [],
        lacking: [{ line: 2, key: "PATH", wrong: expect.stringContaining("$NO_SUCH") }],
      },
    });
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
