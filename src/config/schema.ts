import { describeQuota } from "../disk/cpu-quota.ts";
import { boolean, wholeNumber } from "../text/parsed.ts";
import { choice, type KeySpec, machine, optional, page, SECTIONS, server } from "./parser.ts";
import {
  absolutePath,
  commandLine,
  durationInSeconds,
  host,
  hostNames,
  jobFiles,
  labels,
  namePatterns,
  oneLine,
  placeNames,
  seconds,
  sizeInBytes,
  workerName,
  workerNameFrom,
} from "./quantities.ts";
import { MAIL_KEYS } from "./schema-mail.ts";

/** The keys of the queue itself, by their names in `Config`. */
export const SERVER_KEYS = {
  qmFolder: server("QM_FOLDER", "./QM", absolutePath).says(
    "The folder that holds the queue, the running and the finished jobs.",
    { needsRestart: true },
  ),
  maxProcessors: server("MaxNbProcessors", ({ processors }) => String(processors), wholeNumber(1)).says(
    "Processors that all jobs on this machine together may use; by default all that the manager may use.",
    { because: ({ cpuQuota }) => (cpuQuota === undefined ? undefined : describeQuota(cpuQuota)) },
  ),
  launchType: server("launch_type", "non-blocking", choice("non-blocking", "blocking")).says(
    "How jobs share the machine: non-blocking runs as many as the processors allow, blocking one at a time.",
  ),
  jobFiles: server("job_file", "proc_config.cfg, infos.xml, job.json, job.sh", jobFiles).says(
    "The info file looked for in a job's folder; of several names the first one present counts.",
  ),
  debug: server("Debug", "False", boolean).says("Writes more into the manager's log."),
  settleSeconds: server("Settle_Time", "2", seconds(0, 3600)).says(
    "Seconds for which a copied folder must not change before it counts as complete.",
  ),
  unfinishedNames: server("Unfinished_Names", "", namePatterns).says(
    "Further names of files that a copier has not finished, as patterns with * and ?; a folder that holds one goes on arriving.",
  ),
  pollSeconds: server("Poll_Interval", "2", seconds(0.1, 3600)).says(
    "Seconds between two looks at the folders, for changes that the system does not report.",
  ),
  minFreeDiskBytes: server("Min_Free_Disk", "200 MB", sizeInBytes(0)).says(
    "Free space below which no job starts.",
  ),
  killGraceSeconds: server("Kill_Grace", "10", seconds(0, 86_400)).says(
    "Seconds that a job has between being asked to end and being killed.",
  ),
  onLost: server("On_Lost", "keep", choice("keep", "requeue")).says(
    "What becomes of a job whose run was lost: keep it in QM_lost+found, or requeue it as its next attempt.",
  ),
  fenceCommand: server("Fence_Command", "", optional(oneLine)).says(
    "A command that switches a silent worker's machine off (its name: $QM_WORKER): exit 0 vouches for that, and its jobs run again.",
  ),
  fairShare: server("Fair_Share", "True", boolean).says(
    "Among jobs of equal priority, starts first those of the owner who uses fewer processors.",
  ),
  reserveAfterSeconds: server("Reserve_After", "15 min", durationInSeconds).says(
    "For so long after a job first was next in line without fitting, later jobs may still go first; 0 keeps processors for it at once.",
  ),
  workerName: server("Worker", ({ hostname }) => workerNameFrom(hostname), workerName).says(
    "This machine's name among those that share the folder; by default its host name.",
    { needsRestart: true },
  ),
  localWorker: server("Local_Worker", "True", boolean).says(
    "False: the manager's own machine runs no jobs, only those on which `qm worker` runs.",
  ),
};

/**
 * The keys of this machine as a worker, by their names in `Config`. They are read in surroundings whose host name and processors are
 * those that `[QMServer]` gives.
 */
export const WORKER_KEYS = {
  name: machine("Name", ({ hostname }) => workerNameFrom(hostname), workerName).says(
    "This machine's name, by which jobs can ask for it; by default Worker of [QMServer].",
    { needsRestart: true },
  ),
  processors: machine("Processors", ({ processors }) => String(processors), wholeNumber(1)).says(
    "Processors that the jobs on this machine together may use; by default MaxNbProcessors.",
  ),
  maxJobs: machine("Max_Jobs", "", optional(wholeNumber(1))).says(
    "Jobs that run on this machine at a time; empty: as many as the processors allow.",
  ),
  pools: machine("Pools", "", placeNames).says(
    "The pools that this machine belongs to, for jobs with a pool.",
  ),
  labels: machine("Labels", "", labels).says(
    "What this machine has, for the needs of jobs: gpu, or with a value cuda=12; os, cores and mem are there by themselves.",
  ),
  onlyNamed: machine("Only_Named", "False", boolean).says(
    "Gives this machine only jobs that name it as their worker.",
  ),
  health: machine("Health", "", optional(commandLine)).says(
    "A command that is run once a minute: unless it ends with 0, this machine is given no jobs, and the first line that it prints is the reason.",
  ),
  localState: machine("Local_State", "", optional(absolutePath)).says(
    "Where `qm worker` keeps the records of its jobs, on a disk of this machine; by default among the user's state.",
    { needsRestart: true },
  ),
};

/** The keys of the manager's log. */
export const LOG_KEYS = {
  format: server("Log_Format", "text", choice("text", "json")).says(
    "How the manager's log is written: text for people, json for programs.",
  ),
  maxBytes: server("Log_Max_Size", "10 MB", sizeInBytes(1000)).says(
    "Size at which the manager's log is put aside and a new one begun.",
  ),
  keep: server("Log_Keep", "5", wholeNumber(0, 1000)).says("How many logs put aside are kept."),
};

/** The keys of the page. */
export const WEB_KEYS = {
  host: page("Host", "localhost", host).says(
    "Where the page listens: localhost for this machine only, 0.0.0.0 for every network.",
    { needsRestart: true },
  ),
  port: page("The_Port", "8000", wholeNumber(0, 65_535)).says(
    "The page's port; 0 lets the system choose one.",
    { needsRestart: true },
  ),
  allowedHosts: page("Allowed_Hosts", "", hostNames).says(
    "Further names by which browsers reach the page, as that of a proxy; this machine's own names always work.",
  ),
  licenceToKill: page("Licence_to_kill", "False", boolean).says(
    "Lets everyone who sees the page kill, hold and move jobs, run them again and pause the queue.",
  ),
  deleteJobs: page("Delete_Jobs", "False", boolean).says(
    "Lets everyone who sees the page delete finished jobs.",
  ),
  displayDetails: page("Display_details", "True", boolean).says(
    "Shows the details of each job in the lists.",
  ),
  refreshSeconds: page("Refresh_Rate", "10", seconds(1, 86_400)).says(
    "Seconds after which a browser without JavaScript loads the page again.",
  ),
  debug: page("Debug", "False", boolean).says("Writes more into the page's log."),
};

/** Every key, in the order in which they are shown. */
export const ALL_KEYS: readonly KeySpec<unknown>[] = SECTIONS.flatMap((section) =>
  [SERVER_KEYS, WORKER_KEYS, LOG_KEYS, WEB_KEYS, MAIL_KEYS]
    .flatMap((keys): KeySpec<unknown>[] => Object.values(keys))
    .filter((key) => key.section === section),
);
