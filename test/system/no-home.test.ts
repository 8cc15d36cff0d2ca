import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { orSkip } from "../support/tools.ts";

const UNKNOWN_USER = 54_321;
const PRINT = "echo $HOME,$USER,$LOGNAME,$SHELL; env | grep -c ^HOME= || true";

let queue: TestQueue;
beforeEach(() => {
  queue = new TestQueue();
});
afterEach(async () => await queue.close());

describe("a manager that was started without HOME, as by cron or in a container", () => {
  it("gives its jobs home, name and shell of its user", async () => {
    await queue.start({ under: ["env", "-i", `PATH=${process.env["PATH"]}`] });
    queue.deliver("job", { script: PRINT });
    await queue.ended("job");
    const { homedir, username, shell } = os.userInfo();
    expect(queue.read("job", "process.log")).toContain(`${[homedir, username, username, shell].join()}\n1\n`);
  });

  it.runIf(orSkip(process.getuid?.() === 0, "the right to be another user"))(
    "runs as a user whom nobody knows, and gives its jobs no home",
    async () => {
      const staged = queue.stage({ script: PRINT }, { QM_READY: "" });
      execFileSync("chown", ["-R", `${UNKNOWN_USER}:${UNKNOWN_USER}`, queue.base]);
      const user = ["setpriv", "--reuid", `${UNKNOWN_USER}`, "--regid", `${UNKNOWN_USER}`, "--clear-groups"];
      await queue.start({ under: ["env", "-i", `PATH=${process.env["PATH"]}`, ...user] });
      fs.renameSync(staged, queue.folder("queue", "job"));
      expect(await queue.ended("job")).toMatchObject({ state: "done" });
      expect(queue.read("job", "process.log")).toContain(",,,\n0\n");
    },
  );
});
