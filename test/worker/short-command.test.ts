import { describe, expect, it } from "vitest";
import { runShortly } from "../../src/worker/short-command.ts";
import { scratchFolder } from "../support/scratch.ts";

async function run(command: string, limitSeconds = 60) {
  const qmFolder = scratchFolder();
  return await runShortly({ command, qmFolder, worker: "lab2", extra: { SITE: "lab" }, limitSeconds });
}

describe("a short command", () => {
  it("succeeds by its exit code, in its folder, with what it is told", async () => {
    expect(
      await run('test "$QM_WORKER $SITE" = "lab2 lab" && test "$PWD" = "$QM_FOLDER" && test -n "$PATH"'),
    ).toEqual({ kind: "ok" });
  });

  it("fails with the first line that it writes, made harmless, or with how it ended", async () => {
    expect(await run("echo; echo 'no \u001b[31mlicence'; echo more; exit 3")).toEqual({
      kind: "failed",
      why: expect.stringContaining("licence"),
    });
    expect(await run("exit 3")).toEqual({ kind: "failed", why: "it ended with 3" });
    expect(await run("kill -KILL $$")).toEqual({ kind: "failed", why: "it ended with SIGKILL" });
  });

  it("is killed at its limit with all that it has started, and says so", async () => {
    expect(await run("sleep 600 & sleep 600", 0.3)).toMatchObject({
      kind: "failed",
      why: expect.stringContaining("took longer"),
    });
  });

  it("does not wait for a process that holds its output open", async () => {
    expect(await run("sleep 5 & exit 0")).toEqual({ kind: "ok" });
  });

  it("knows no secret of this process", async () => {
    process.env["QM_SMTP_PASSWORD"] = "secret";
    const ended = await run('test -z "$QM_SMTP_PASSWORD"').finally(
      () => delete process.env["QM_SMTP_PASSWORD"],
    );
    expect(ended).toEqual({ kind: "ok" });
  });

  it("fails where its folder is gone", async () => {
    const ended = await runShortly({
      command: "true",
      qmFolder: "/nowhere",
      worker: "lab2",
      extra: {},
      limitSeconds: 60,
    });
    expect(ended.kind).toBe("failed");
  });
});
