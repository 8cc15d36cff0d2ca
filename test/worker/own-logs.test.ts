import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { withOwnLogs } from "../../src/worker/own-logs.ts";
import { scratchFolder } from "../support/scratch.ts";

let folder: string;

beforeEach(() => {
  folder = path.join(scratchFolder(), "it's a job");
  fs.mkdirSync(folder);
});

const SCRIPT = "echo out; echo err >&2; exit 5";

function run(logs: Parameters<typeof withOwnLogs>[2], script = SCRIPT, shell = "sh") {
  const command = withOwnLogs(script, folder, logs);
  const { status, stdout, stderr } = spawnSync(shell, ["-c", "--", command], { encoding: "utf8" });
  return { status, log: stdout + stderr };
}

const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");

describe.each(["sh", "bash"])("a command of %s with logs of its own", (shell) => {
  it("writes there what it would write into the job's log, and ends as it does", () => {
    expect(run({ outlog: "out" }, SCRIPT, shell)).toEqual({ status: 5, log: "err\n" });
    expect(run({ errlog: "err" }, SCRIPT, shell)).toEqual({ status: 5, log: "out\n" });
    expect([read("out"), read("err")]).toEqual(["out\n", "err\n"]);
    expect(run({ outlog: "both", errlog: "./both" }, SCRIPT, shell)).toEqual({ status: 5, log: "" });
    expect(read("both")).toBe("out\nerr\n");
    const elsewhere = path.join(scratchFolder(), "e");
    expect(run({ outlog: "o", errlog: elsewhere }, SCRIPT, shell)).toEqual({ status: 5, log: "" });
    expect([read("o"), fs.readFileSync(elsewhere, "utf8")]).toEqual(["out\n", "err\n"]);
  });

  it("makes them anew", () => {
    run({ outlog: "out" }, "echo a long first run", shell);
    run({ outlog: "out" }, "echo b", shell);
    expect(read("out")).toBe("b\n");
  });

  it.each([{ outlog: "none/out" }, { errlog: "none/err" }, { outlog: "out", errlog: "none/err" }])(
    "does not run where one cannot be opened: %j",
    (logs) => {
      const { status, log } = run(logs, "touch ran", shell);
      expect([status, fs.existsSync(path.join(folder, "ran"))]).toEqual([73, false]);
      expect(log).toContain("none/");
    },
  );

  it("is as it is without them", () => {
    expect(withOwnLogs(SCRIPT, folder, {})).toBe(SCRIPT);
  });
});
