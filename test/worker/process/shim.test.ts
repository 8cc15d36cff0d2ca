import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readExit, readStart, revokeStart } from "../../../src/worker/process/attempt-records.ts";
import { identify, isAlive } from "../../../src/worker/process/identity.ts";
import { readProcessTable } from "../../../src/worker/process/process-table.ts";
import { makeTestJob, removeTestJobs, type TestJob } from "../../support/processes.ts";
import { orSkip, toolOrSkip } from "../../support/tools.ts";
import { until } from "../../support/until.ts";

const GIVEN_UP = { timeout: 10_000, killSignal: "SIGKILL" } as const;
const SHIM = path.resolve(import.meta.dirname, "../../../src/worker/process/shim.sh");

afterEach(removeTestJobs);

describe("the shim's exit record", () => {
  it.each([
    ["success", "true", 0, undefined],
    ["an exit code", "exit 3", 3, undefined],
    ["a command that is not there", "no-such-command-here", 127, undefined],
    ["a syntax error", "if then", 2, undefined],
    ["a signal", "kill -SEGV $$", 139, "SIGSEGV"],
    ["an exec", "exec sh -c 'exit 9'", 9, undefined],
    ["a command that begins with a dash", "-x", 127, undefined],
    ["an exit code above all signals", "exit 255", 255, undefined],
  ])("tells of %s", async (_, command, exitCode, signal) => {
    expect(await makeTestJob().run(command)).toMatchObject(signal ? { exitCode, signal } : { exitCode });
  });

  it("counts the processor time of the job", async () => {
    const exit = await makeTestJob().run("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
    expect(exit.cpuSeconds).toBeGreaterThan(0.02);
    expect(exit.cpuSeconds).toBeLessThan(20);
  });

  it("carries the times of start and end", async () => {
    const before = Date.now() - 100;
    const job = makeTestJob();
    const exit = await job.run("sleep 0.1");
    const start = readStart(job.attemptFolder);
    expect(start.kind === "started" && start.startedAtMs).toBeGreaterThan(before);
    expect(exit.endedAtMs - (start.kind === "started" ? start.startedAtMs : 0)).toBeGreaterThan(90);
    expect(exit.endedAtMs).toBeLessThan(Date.now() + 100);
  });

  it("is missing when the shim was killed", async () => {
    const job = makeTestJob();
    const shim = await job.start("exec sleep 600");
    await until("the job", () => job.processes().length === 1);
    process.kill(shim.pid, "SIGKILL");
    await job.allShimsEnded();
    expect(isAlive(shim)).toBe(false);
    expect(readExit(job.attemptFolder)).toEqual({ kind: "none" });
    expect(job.processes()).toHaveLength(1);
  });

  it("is missing when the job kills the shim that launched it, and the job is still found", async () => {
    const job = makeTestJob();
    const shim = await job.start("kill -9 $PPID; exec sleep 600");
    await job.allShimsEnded();
    expect(isAlive(shim)).toBe(false);
    expect(readExit(job.attemptFolder)).toEqual({ kind: "none" });
    expect(job.processes()).toHaveLength(1);
  });

  it("is right in a storm of signals to the shim", async () => {
    for (const exitCode of [7, 0, 23]) {
      const job = makeTestJob();
      const shim = await job.start(`sleep 0.2; exit ${exitCode}`);
      let sent = 0;
      while (readExit(job.attemptFolder).kind !== "exited") {
        for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const)
          if (isAlive(shim)) process.kill(shim.pid, signal);
        sent++;
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(sent).toBeGreaterThan(10);
      expect(await job.ended()).toMatchObject({ exitCode });
    }
  });

  it("survives `kill 0` in the job", async () => {
    const job = makeTestJob();
    expect(await job.run("kill 0; sleep 600")).toMatchObject({ exitCode: 143, signal: "SIGTERM" });
    expect(job.read("process.log")).toBe("first line\n");
  });

  it("is written where the records have been moved to while the job ran", async () => {
    const job = makeTestJob();
    await job.start("until [ -e go ]; do sleep 0.02; done; exit 5");
    const state = path.dirname(job.attemptFolder);
    fs.renameSync(state, `${state}-moved`);
    job.write("go", "");
    await job.allShimsEnded();
    fs.renameSync(`${state}-moved`, state);
    expect(readExit(job.attemptFolder)).toMatchObject({ exitCode: 5 });
  });

  it("is given up once the records have been removed", async () => {
    const job = makeTestJob();
    await job.start("until [ -e go ]; do sleep 0.02; done");
    fs.rmSync(job.attemptFolder, { recursive: true });
    job.write("go", "");
    await job.allShimsEnded();
  });

  it.each([
    ["byte", fillUp],
    ["inode", takeInodes],
  ])("is written at once on a disk without a free %s", async (_, fill) => {
    const job = makeTestJob();
    await withSmallDisk(job, async () => {
      await job.start("while [ ! -e go ]; do sleep 0.02; done; exit 5");
      expect(readExit(job.attemptFolder)).toEqual({ kind: "none" });
      fill(job.attemptFolder);
      job.write("go", "");
      expect(await job.ended()).toMatchObject({ exitCode: 5 });
      await job.allShimsEnded();
    });
  });

  it("is written once there is room, where the file system gives it none beforehand", async () => {
    const job = makeTestJob();
    await withSmallDisk(job, async () => {
      const shim = await job.start("while [ ! -e go ]; do sleep 0.02; done; exit 5");
      fs.truncateSync(path.join(job.attemptFolder, "exit"));
      const filler = fillUp(job.attemptFolder);
      const exitFile = path.join(job.attemptFolder, "exit");
      const before = fs.statSync(exitFile).mtimeMs;
      job.write("go", "");
      const firstTry = await until("the first try", () => {
        const { mtimeMs } = fs.statSync(exitFile);
        return mtimeMs > before && mtimeMs;
      });
      await until("the shim's pause", () =>
        readProcessTable().processes.some(({ parent }) => parent === shim.pid),
      );
      expect(job.processes()).toEqual([]);
      await until("a third try", () => fs.statSync(exitFile).mtimeMs > firstTry + 1500);
      expect(readExit(job.attemptFolder)).toEqual({ kind: "incomplete" });
      fs.rmSync(filler);
      const exit = await job.ended();
      expect(exit).toMatchObject({ exitCode: 5 });
      expect(exit.endedAtMs).toBeLessThan(fs.statSync(exitFile).mtimeMs - 1500);
      await job.allShimsEnded();
    });
  });

  it.runIf(toolOrSkip("strace"))(
    "tells of a job that could not be launched for lack of processes",
    async () => {
      const job = makeTestJob();
      const forks = "vfork,fork,clone,clone3";
      const inject = ["-e", `trace=${forks}`, "-e", `inject=${forks}:error=EAGAIN`];
      const { stdout } = spawnSync(
        "strace",
        ["-o", "/dev/null", ...inject, ...shimCommand(job, "touch ran")],
        {
          cwd: job.folder,
          ...GIVEN_UP,
        },
      );
      expect(readExit(job.attemptFolder)).toMatchObject({ kind: "exited", exitCode: 71 });
      expect(String(stdout)).toBe(
        "first line\nThe job was not started: the system has no room for another process.\n",
      );
      expect(job.read("ran")).toBeUndefined();
    },
  );
});

describe("the shim's start record", () => {
  it("lets one of twenty shims pass, and the command run once", async () => {
    for (let round = 0; round < 3; round++) {
      const job = makeTestJob();
      for (let shims = 0; shims < 20; shims++) job.spawn("echo ran >>runs");
      await job.allShimsEnded();
      expect(job.read("runs")).toBe("ran\n");
      expect(job.read("process.log")).toBe("first line\n");
    }
  });

  it("either is revoked and nothing runs, or was first and the command runs", async () => {
    for (let round = 0; round < 40; round++) {
      const job = makeTestJob();
      job.spawn("echo ran >ran");
      spinMs(round * 0.2);
      const revoked = revokeStart(job.attemptFolder);
      await job.allShimsEnded();
      expect(job.read("ran")).toBe(revoked ? undefined : "ran\n");
      expect(job.read("process.log")).toBe(revoked ? "" : "first line\n");
      expect(readStart(job.attemptFolder).kind).toBe(revoked ? "revoked" : "started");
    }
  });

  it("cannot be made once it was revoked, nor be revoked once it was made", async () => {
    const [revoked, started] = [makeTestJob(), makeTestJob()];
    expect(revokeStart(revoked.attemptFolder)).toBe(true);
    revoked.spawn("touch ran");
    await started.run("touch ran");
    expect(revokeStart(started.attemptFolder)).toBe(false);
    await revoked.allShimsEnded();
    expect([revoked.read("ran"), started.read("ran")]).toEqual([undefined, ""]);
  });

  it("names the shim", async () => {
    const job = makeTestJob();
    const shim = await job.start("exec sleep 600");
    expect(shim).toEqual(identify(shim.pid));
    expect(String(fs.readFileSync(`/proc/${shim.pid}/cmdline`))).toContain(SHIM);
  });

  it("is taken back and nothing launched when it cannot be written", async () => {
    const job = makeTestJob();
    await withSmallDisk(job, async () => {
      fs.writeFileSync(path.join(job.attemptFolder, "alive"), "");
      fillUp(job.attemptFolder);
      const [program = "", ...args] = shimCommand(job, "touch ran");
      const { status, stdout } = spawnSync(program, args, {
        cwd: job.folder,
        ...GIVEN_UP,
      });
      expect(status).toBe(75);
      expect(String(stdout)).toBe("");
      expect(readStart(job.attemptFolder)).toEqual({ kind: "none" });
      expect(job.read("ran")).toBeUndefined();
    });
  });

  it("is not made, and nothing launched, when the attempt's folder is gone", async () => {
    const job = makeTestJob();
    fs.rmSync(job.attemptFolder, { recursive: true });
    job.spawn("touch ran");
    await job.allShimsEnded();
    expect(job.read("ran")).toBeUndefined();
    expect(job.read("process.log")).toBe("");
  });
});

describe("what a job is launched with", () => {
  it("is its own environment and no more", async () => {
    const job = makeTestJob();
    const environment = {
      PATH: process.env["PATH"] ?? "",
      QM_JOB_TOKEN: job.token,
      NB_PROC: "2",
      ODD: "a b\n'c' $d",
    };
    await job.run("env -0 >environment", { environment });
    const shellsOwn = /^(?:PWD|OLDPWD|SHLVL|_)=/;
    const entries = (job.read("environment") ?? "")
      .split("\0")
      .filter((entry) => entry !== "" && !shellsOwn.test(entry));
    expect(entries.toSorted()).toEqual(
      Object.entries(environment)
        .map(([key, value]) => `${key}=${value}`)
        .toSorted(),
    );
  });

  it("is an empty input, a log for output and errors in their order, and no other open file but `alive`", async () => {
    const job = makeTestJob();
    await job.run("cat; echo out; echo err >&2; echo out again; exec ls -l /proc/self/fd >files");
    expect(job.read("process.log")).toBe("first line\nout\nerr\nout again\n");
    const open = (job.read("files") ?? "").split("\n").flatMap((line) => {
      const [, descriptor, file] = / (\d+) -> (.*)$/.exec(line) ?? [];
      // From 16 up they may be what whoever started this test left open.
      return descriptor !== undefined && Number(descriptor) < 16 ? [`${descriptor} ${file}`] : [];
    });
    const real = (file: string): string => fs.realpathSync(file);
    expect(open.filter((entry) => !entry.startsWith("3 ")).toSorted()).toEqual([
      "0 /dev/null",
      `1 ${real(path.join(job.folder, "files"))}`,
      `2 ${real(path.join(job.folder, "process.log"))}`,
      `9 ${real(path.join(job.attemptFolder, "alive"))}`,
    ]);
  });

  it("is the default for every signal", async () => {
    const job = makeTestJob();
    await job.run("exec cat /proc/self/status >signals");
    expect(job.read("signals")?.match(/(?<=Sig(?:Blk|Ign|Cgt):\t).*/g)).toEqual(
      Array.from({ length: 3 }, () => "0".repeat(16)),
    );
  });

  it("is a session of its own", async () => {
    const job = makeTestJob();
    const shim = await job.start("exec sleep 600");
    const [main] = await until("the job", () => job.processes().length === 1 && job.processes());
    const session = (pid: number): string | undefined =>
      fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
    await until("its session", () => main && session(main.pid) === String(main.pid));
    expect(session(shim.pid)).toBe(String(shim.pid));
  });

  it("is a PATH without the shim's own tools, if that is what was asked for", async () => {
    const job = makeTestJob();
    const environment = { PATH: "/nowhere", QM_JOB_TOKEN: job.token };
    expect(await job.run('echo "$PATH"; exit 4', { environment })).toMatchObject({ exitCode: 4 });
    expect(job.read("process.log")).toBe("first line\n/nowhere\n");
  });

  it.each(["a job", `it's "a" job`, "two\nlines", "$HOME `x` \\", "é-ü ☃", "-n", "*"])(
    "works in a folder named %j",
    async (name) => {
      const job = makeTestJob(name);
      expect(await job.run("pwd >where; echo done", { firstLogLine: `-n ${name} %s \\n` })).toMatchObject({
        exitCode: 0,
      });
      expect(job.read("where")).toBe(`${fs.realpathSync(job.folder)}\n`);
      expect(job.read("process.log")).toBe(`-n ${name} %s \\n\ndone\n`);
    },
  );
});

it("the shim runs to its end when its file is replaced meanwhile", async () => {
  const job = makeTestJob();
  const copy = path.join(job.root, "shim.sh");
  fs.copyFileSync(SHIM, copy);
  const command = shimCommand(job, `printf 'touch intruder; exit 1\\n%.0s' $(seq 2000) >${copy}; exit 6`);
  spawnSync(command[0] ?? "", command.slice(1).with(0, copy), { cwd: job.folder, ...GIVEN_UP });
  expect(readExit(job.attemptFolder)).toMatchObject({ exitCode: 6 });
  expect(job.read("intruder")).toBeUndefined();
});

it.runIf(toolOrSkip("bash"))("the shim does the same under bash", async () => {
  const job = makeTestJob();
  const { stdout } = spawnSync("bash", ["--posix", ...shimCommand(job, "trap; kill -KILL $$").slice(1)], {
    cwd: job.folder,
    ...GIVEN_UP,
  });
  expect(readExit(job.attemptFolder)).toMatchObject({
    exitCode: 137,
    signal: "SIGKILL",
    cpuSeconds: expect.any(Number),
  });
  expect(String(stdout)).toBe("first line\n");
});

function shimCommand(job: TestJob, command: string): string[] {
  return ["/bin/sh", SHIM, job.attemptFolder, "first line", command];
}

function spinMs(duration: number): void {
  for (const until = performance.now() + duration; performance.now() < until; );
}

/** Puts the attempt's folder on a file system of 64 KB for a while; needs root. */
async function withSmallDisk(job: TestJob, use: () => Promise<void>): Promise<void> {
  const mounted = spawnSync("mount", [
    "-t",
    "tmpfs",
    "-o",
    "size=64k,nr_inodes=20",
    "tmpfs",
    job.attemptFolder,
  ]);
  if (!orSkip(mounted.status === 0, "the right to mount a small file system")) return;
  try {
    await use();
  } finally {
    spawnSync("umount", ["-l", job.attemptFolder]);
  }
}

function takeInodes(folder: string): void {
  try {
    for (let number = 0; ; number += 1) fs.writeFileSync(path.join(folder, `tiny${number}`), "");
  } catch {
    // None is left.
  }
}

function fillUp(folder: string): string {
  const filler = path.join(folder, "filler");
  const handle = fs.openSync(filler, "w");
  try {
    for (;;) fs.writeSync(handle, Buffer.alloc(1024));
  } catch {
    return filler;
  } finally {
    fs.closeSync(handle);
  }
}

describe.runIf(toolOrSkip("strace"))("the exit record's way to the disk", () => {
  it.each([
    ["is left to the manager that started the shim, while that lives", "wait", 0],
    ["is the shim's own once that manager is gone", "exit", 1],
  ])("%s", async (_, then, syncs) => {
    const job = makeTestJob();
    const traceFile = path.join(job.root, "trace");
    job.write("wait.sh", "while [ ! -e go ]; do sleep 0.02; done\n");
    const shim = `sh '${SHIM}' '${job.attemptFolder}' 'first line' 'cd ${job.folder}; . ./wait.sh' '' '' $$`;
    const trace = `strace -f -D -s 400 -e trace=execve -o '${traceFile}'`;
    // Stands in for the manager: the shim's parent.
    const manager = spawn("sh", ["-c", `${trace} ${shim} >/dev/null 2>&1 & read end; ${then}`], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    await until("the start", () => readStart(job.attemptFolder).kind === "started");
    manager.stdin.end("\n");
    if (then === "exit") await once(manager, "exit");
    job.write("go", "");
    await until("the exit", () => readExit(job.attemptFolder).kind === "exited");
    const traced = await until("the shim's end", () => {
      const text = fs.readFileSync(traceFile, "utf8");
      const start = readStart(job.attemptFolder);
      const pid = start.kind === "started" ? start.shim.pid : 0;
      return new RegExp(`^${pid} +\\+\\+\\+ exited`, "m").test(text) && text;
    });
    expect(traced.match(/execve\("[^"]*", \["sync", "[^"]*exit"/g) ?? []).toHaveLength(syncs);
  });
});
