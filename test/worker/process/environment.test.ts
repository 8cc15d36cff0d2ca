import { describe, expect, it } from "vitest";
import { jobEnvironment } from "../../../src/worker/process/environment.ts";
import { info } from "../../plan/snapshots.ts";

const ofLaunch = {
  name: "fit",
  attempt: 2,
  processors: 3,
  runId: "t-1",
  info: info({ owner: "ann@lab.org" }),
};

const job = {
  launch: ofLaunch,
  dir: "/qm/QM_Jobs/fit",
  temporary: "/qm/QM_Jobs/fit/.qm/tmp",
  qmFolder: "/qm",
  worker: "box",
  startsAtMs: Date.parse("2030-01-01T10:30:00.000Z"),
};

describe("jobEnvironment", () => {
  it("hands on what is harmless of the manager's environment and nothing else", () => {
    const base = {
      PATH: "/bin",
      HOME: "/home/ann",
      LC_TIME: "de_DE.UTF-8",
      TZ: "Europe/Paris",
      QM_SMTP_PASSWORD: "secret",
      QM_API_TOKEN: "secret",
      AWS_SECRET_ACCESS_KEY: "secret",
      SSH_AUTH_SOCK: "/tmp/agent",
      NODE_OPTIONS: "--inspect",
      LD_PRELOAD: "x.so",
      USER: undefined,
    };
    const environment = jobEnvironment({ base, extra: {}, job });
    expect(environment).toMatchObject({
      PATH: "/bin",
      HOME: "/home/ann",
      LC_TIME: "de_DE.UTF-8",
      TZ: "Europe/Paris",
    });
    expect(Object.values(environment)).not.toContain("secret");
    for (const name of ["SSH_AUTH_SOCK", "NODE_OPTIONS", "LD_PRELOAD", "USER"])
      expect(environment).not.toHaveProperty(name);
  });

  it("tells the job about itself", () => {
    expect(jobEnvironment({ base: {}, extra: {}, job })).toEqual({
      PATH: "/usr/local/bin:/usr/bin:/bin",
      NB_PROC: "3",
      OMP_NUM_THREADS: "3",
      OPENBLAS_NUM_THREADS: "3",
      MKL_NUM_THREADS: "3",
      NUMEXPR_MAX_THREADS: "3",
      VECLIB_MAXIMUM_THREADS: "3",
      JULIA_NUM_THREADS: "3",
      RAYON_NUM_THREADS: "3",
      GOMAXPROCS: "3",
      LOKY_MAX_CPU_COUNT: "3",
      PYTHONUNBUFFERED: "1",
      SLURM_SUBMIT_DIR: "/qm/QM_Jobs/fit",
      PBS_O_WORKDIR: "/qm/QM_Jobs/fit",
      TMPDIR: "/qm/QM_Jobs/fit/.qm/tmp",
      QM_JOB_NAME: "fit",
      QM_JOB_DIR: "/qm/QM_Jobs/fit",
      QM_JOB_OWNER: "ann@lab.org",
      QM_FOLDER: "/qm",
      QM_WORKER: "box",
      QM_ATTEMPT: "2",
      QM_JOB_TOKEN: "t-1",
    });
  });

  it("has a folder of the job's own for temporary files, unless the configuration names one or its path is too long for sockets", () => {
    const base = { TMPDIR: "/scratch" };
    const temporary = `/qm/QM_Jobs/${"x".repeat(50)}/.qm/tmp`;
    const tmpdir = (extra: Record<string, string>, facts = job) =>
      jobEnvironment({ base, extra, job: facts })["TMPDIR"];
    expect(tmpdir({})).toBe("/qm/QM_Jobs/fit/.qm/tmp");
    expect(tmpdir({ TMPDIR: "/fast" })).toBe("/fast");
    expect(tmpdir({}, { ...job, temporary })).toBe(temporary);
    expect(tmpdir({}, { ...job, temporary: `/${temporary}xxxxxx` })).toBe("/scratch");
  });

  it("names limit and deadline where there are any", () => {
    const limited = { ...job, launch: { ...ofLaunch, info: info({ timeLimitSeconds: 5400 }) } };
    expect(jobEnvironment({ base: {}, extra: {}, job: limited })).toMatchObject({
      QM_TIME_LIMIT: "5400",
      QM_DEADLINE: "2030-01-01T12:00:00.000Z",
    });
  });

  it("lets the configuration replace defaults but not facts", () => {
    const extra = {
      PATH: "/opt/bin",
      OMP_NUM_THREADS: "1",
      NB_PROC: "99",
      QM_JOB_TOKEN: "forged",
      LICENCE: "/opt/l",
    };
    expect(jobEnvironment({ base: { PATH: "/bin" }, extra, job })).toMatchObject({
      PATH: "/opt/bin",
      OMP_NUM_THREADS: "1",
      NB_PROC: "3",
      QM_JOB_TOKEN: "t-1",
      LICENCE: "/opt/l",
    });
  });
});
