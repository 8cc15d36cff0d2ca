import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { findAddresses, readAddresses } from "../job/addresses.ts";
import { checkInfo } from "../job/info.ts";
import type { InfoKey } from "../job/info-key.ts";
import { isIgnoredName, MAX_NAME_BYTES } from "../job/names.ts";
import { readJobInfo } from "../queue/intake/info-file.ts";
import type { Layout } from "../queue/layout.ts";
import { JOB_REQUESTS } from "../queue/request-files.ts";
import { makeRequest } from "../queue/requests.ts";
import { amendInfo, type InfoOptions } from "../queue/submit/amend-info.ts";
import { copyJob, uncopyable, writeCommandJob } from "../queue/submit/copy-job.ts";
import { type Delivered, deliver } from "../queue/submit/deliver.ts";
import { type GivenFiles, writeGivenFiles } from "../queue/submit/given-files.ts";
import { QmError } from "../text/errors.ts";
import { quoted, quoteForShell } from "../text/escape.ts";
import { type Problem, ProblemsError } from "../text/problem.ts";
import type { Actor } from "./actor.ts";

/** A job to be submitted: the name that it would like, and a function that fills its folder. */
export interface JobSource {
  readonly wanted: string;
  /** Returns what is odd about the info file that lies there then. */
  readonly fill: (folder: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** Rules by which folders are judged before anything is copied. */
export interface SourceRules {
  readonly layout: Layout;
  readonly config: Config;
  readonly options: InfoOptions;
  /** The most processors that a job can get. */
  readonly maxProcessors: number;
  /** Reads the info file and refuses what the manager would refuse. */
  readonly check: boolean;
}

/** A folder to be copied. Throws with everything that is wrong with it. */
export function folderSource(
  cwd: string,
  given: string,
  name: string | undefined,
  rules: SourceRules,
): JobSource {
  const folder = path.resolve(cwd, given);
  const wanted = checkName(name ?? path.basename(folder));
  const real = realFolder(folder, `${JOB_FOLDER}; a command stands behind --: \`qm submit -- COMMAND\``);
  refuseQueueItself(real, rules.layout);
  const { config } = rules;
  if (rules.check) refuseProblems(given, infoProblems(real, config));
  refuseProblems(given, uncopyable(real));
  return {
    wanted,
    fill: async (target, signal) => {
      await copyJob(real, target, signal);
      const amended = amendInfo(target, config, rules.options);
      if (amended.kind === "ok") {
        const { processors, warnings = [] } = amended.value;
        return [...lowered(processors, rules.maxProcessors), ...warnings];
      }
      if (rules.options.size > 0) refuseProblems(given, amended.problems);
      return [];
    },
  };
}

/**
 * A folder made for one command. Several words arrive in the command exactly as they are; one word alone is a line
 * for the shell, so that `qm submit -- 'a | b > c'` works.
 * @param files more files for it
 */
export function commandSource(
  words: readonly string[],
  name: string | undefined,
  { config, options, maxProcessors }: SourceRules,
  files: GivenFiles = {},
): JobSource {
  const [first = "", ...others] = words;
  if (first.trim() === "") throw new QmError("usage", "there is no command behind the --");
  const command = others.length === 0 ? first : words.map(quoteForShell).join(" ");
  const infoFile = config.jobFiles[0] ?? "proc_config.cfg";
  return {
    wanted: checkName(name ?? nameFromCommand(first)),
    fill: async (folder) => {
      writeCommandJob(folder, infoFile, command, options);
      writeGivenFiles(folder, files, config.jobFiles);
      return lowered(Number(options.get("nb_proc") ?? 1), maxProcessors);
    },
  };
}

/** Warning about a job that wants more processors than there are. */
export function lowered(processors: number, max: number): string[] {
  return processors > max ? [`nb_proc ${processors} would be lowered to ${max}, all there are`] : [];
}

const JOB_FOLDER = "give the job's folder, with its info file in it";

/** The folder itself where a link to it is given. Throws `failed`, with this advice, where there is none. */
export function realFolder(folder: string, advice = JOB_FOLDER): string {
  const stats = fs.statSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return fs.realpathSync(folder);
  throw new QmError("failed", stats === undefined ? "there is no such folder" : "it is no folder", {
    path: folder,
    mend: advice,
  });
}

function refuseQueueItself(folder: string, layout: Layout): void {
  const inside = (outer: string, inner: string) => inner === outer || inner.startsWith(outer + path.sep);
  const queue = fs.realpathSync(layout.queue);
  const lies = inside(queue, folder) ? "lies in the queue already" : "holds the queue itself";
  if (!inside(queue, folder) && !inside(folder, fs.realpathSync(layout.root))) return;
  throw new QmError("refused", `the folder ${lies}`, { path: folder, mend: "submit a folder of its own" });
}

function infoProblems(folder: string, config: Config): readonly Problem[] {
  const checked = readJobInfo(folder, config);
  return checked.kind === "problems" ? checked.problems : [];
}

function refuseProblems(folder: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ProblemsError(`${folder} cannot be submitted`, problems);
}

function checkName(name: string): string {
  const isLong = Buffer.byteLength(name) > MAX_NAME_BYTES;
  const wrong = name === "" || isLong || /[/\0]/.test(name) || isIgnoredName(name);
  if (!wrong) return name;
  throw new QmError("usage", `«${name}» is no name for a job`, {
    mend:
      `give another one with --name: of ${MAX_NAME_BYTES} bytes at most, without a slash, not beginning with . or ~, ` +
      "not ending in .part, .filepart or .tmp, and not a system's own, such as Thumbs.db",
  });
}

/** `/usr/bin/python3` gives `python3`. */
function nameFromCommand(line: string): string {
  const [word = ""] = line.trim().split(/[\s;|&<>]/);
  const plain = path
    .basename(word)
    .replaceAll(/[^\p{L}\p{N}._+-]/gu, "_")
    .replace(/^[._~]+/, "");
  return plain === "" || isIgnoredName(plain) ? "command" : plain;
}

/**
 * The options that are written into a job's info file, in the form that every format can hold. Throws `ProblemsError` where the
 * manager would refuse one.
 */
export function checkOptions(
  given: readonly { readonly key: InfoKey; readonly value: string }[],
): InfoOptions {
  const checked = checkInfo([{ key: "script", value: "true" }, ...given], "options");
  const mail = given.find(({ key }) => key === "e_mail")?.value ?? "";
  const problems = checked.kind === "problems" ? checked.problems : wrongAddress(mail);
  if (problems.length > 0) throw new ProblemsError("an option is wrong", problems, "usage");
  return new Map(given.map(({ key, value }) => [key, key === "e_mail" ? plainAddresses(value) : value]));
}

// In a file it is a warning; here the submitter can mend it.
function wrongAddress(given: string): Problem[] {
  const read = readAddresses(given);
  if (read.kind === "ok" || given.trim() === "") return [];
  return [{ file: "options", key: "e_mail", wrong: read.wrong ?? `is ${quoted(given)}`, right: read.right }];
}

// Without the names that a mail program may have put around them.
function plainAddresses(value: string): string {
  return findAddresses(value).addresses.join(", ");
}

/**
 * Puts a job into the queue. Throws as `deliver`.
 * @param signal ends the copying
 */
export async function submitJob(
  layout: Layout,
  { wanted, fill }: JobSource,
  { name: by }: Pick<Actor, "name">,
  signal: AbortSignal,
  hold = false,
): Promise<Delivered> {
  return await deliver(layout, wanted, by, async (folder) => {
    const warnings = await fill(folder, signal);
    if (hold) makeRequest(folder, JOB_REQUESTS.hold, by);
    return warnings;
  });
}
