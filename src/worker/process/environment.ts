import { ownerOf } from "../../job/job-info.ts";
import type { Launch } from "../../job/launch.ts";

/** The facts that a job is told about itself. */
interface JobFacts {
  readonly launch: Pick<Launch, "name" | "attempt" | "processors" | "runId" | "info">;
  /** Absolute path of the job's folder while it runs. */
  readonly dir: string;
  /** Absolute path of a folder of its own for temporary files. */
  readonly temporary: string;
  readonly qmFolder: string;
  readonly worker: string;
  /** Milliseconds since 1970. */
  readonly startsAtMs: number;
}

interface EnvironmentSources {
  /** The manager's own environment, of which only harmless names are handed on. */
  readonly base: Readonly<Record<string, string | undefined>>;
  /** `[JobEnvironment]` of the configuration. */
  readonly extra: Readonly<Record<string, string>>;
  readonly job: JobFacts;
}

/** Marks every process of one attempt of one job, unlike for each attempt. */
export const TOKEN_VARIABLE = "QM_JOB_TOKEN";

const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

const HANDED_ON = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TMP TEMP
  SystemRoot SystemDrive ComSpec PATHEXT USERPROFILE`.split(/\s+/),
);

const THREAD_VARIABLES =
  `OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS NUMEXPR_MAX_THREADS VECLIB_MAXIMUM_THREADS
  JULIA_NUM_THREADS RAYON_NUM_THREADS GOMAXPROCS LOKY_MAX_CPU_COUNT`.split(/\s+/);

/**
 * The whole environment of a job. The configuration may replace what is a default (PATH, the thread variables),
 * not what is a fact (NB_PROC, QM_*). Nothing of the manager's environment passes but the names listed here.
 */
export function jobEnvironment({ base, extra, job }: EnvironmentSources): Record<string, string> {
  return {
    PATH: DEFAULT_PATH,
    ...harmlessOf(base),
    ...threadVariables(job.launch.processors),
    PYTHONUNBUFFERED: "1",
    ...batchVariables(job),
    ...extra,
    ...facts(job),
  };
}

/** The environment of a command that is run on behalf of no job. */
export function plainEnvironment({
  base,
  extra,
  qmFolder,
  worker,
}: Pick<EnvironmentSources, "base" | "extra"> & Pick<JobFacts, "qmFolder" | "worker">): Record<
  string,
  string
> {
  return { PATH: DEFAULT_PATH, ...harmlessOf(base), ...extra, QM_FOLDER: qmFolder, QM_WORKER: worker };
}

/** The part of an environment that other programs may have: nothing secret. */
function harmlessOf(base: EnvironmentSources["base"]): Record<string, string> {
  const harmless: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && (HANDED_ON.has(name) || name.startsWith("LC_"))) harmless[name] = value;
  }
  return harmless;
}

/** A socket's path has 107 bytes at most on Linux; programs such as Python put about 30 of their own behind TMPDIR. */
const MAX_TEMPORARY_BYTES = 75;

/** By these scripts for Slurm and PBS find the folder that they were submitted from. */
function batchVariables({ dir, temporary }: JobFacts): Record<string, string> {
  const submitted = { SLURM_SUBMIT_DIR: dir, PBS_O_WORKDIR: dir };
  return Buffer.byteLength(temporary) > MAX_TEMPORARY_BYTES ? submitted : { ...submitted, TMPDIR: temporary };
}

function threadVariables(processors: number): Record<string, string> {
  return Object.fromEntries(THREAD_VARIABLES.map((name) => [name, String(processors)]));
}

function facts({ launch, dir, qmFolder, worker, startsAtMs }: JobFacts): Record<string, string> {
  return {
    NB_PROC: String(launch.processors),
    QM_JOB_NAME: launch.name,
    QM_JOB_DIR: dir,
    QM_JOB_OWNER: ownerOf(launch.info),
    QM_FOLDER: qmFolder,
    QM_WORKER: worker,
    QM_ATTEMPT: String(launch.attempt),
    ...limitVariables(launch.info.timeLimitSeconds, startsAtMs),
    [TOKEN_VARIABLE]: launch.runId,
  };
}

function limitVariables(limitSeconds: number | undefined, startsAtMs: number): Record<string, string> {
  if (limitSeconds === undefined) return {};
  const deadline = new Date(startsAtMs + limitSeconds * 1000);
  return { QM_TIME_LIMIT: String(limitSeconds), QM_DEADLINE: deadline.toISOString() };
}
