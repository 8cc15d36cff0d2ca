import path from "node:path";
import { Argument } from "commander";
import { personHere } from "../../app/actor.ts";
import { findIgorConfig, jobFolderOf, settingsLines } from "../../app/igor-config.ts";
import { type ImportedFile, importIgor } from "../../app/import-igor.ts";
import { realFolder } from "../../app/submit-job.ts";
import { counted } from "../../text/quantity.ts";
import { openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note, type ReadingOptions, writeAnswer, writeLines } from "../terminal/output.ts";
import { type Column, tableLines } from "../terminal/table.ts";

interface ImportOptions extends ReadingOptions {
  readonly base?: string;
  readonly move?: boolean;
}

/**
 * `qm import igor DIR`: takes over the jobs of a folder of Igor's that are to do, tells of its other files, and gives the lines of a
 * QMserv.cfg that do what its config.json did. `--json`: `{ version: 1, jobs: [{ file, name }], left: [{ file, reason }],
 * settings: [line] }`.
 */
export const addImport: AddVerb = (program, bind) => {
  program
    .command("import")
    .description("take over the jobs of another program (igor: its folder of JSON files)")
    .addArgument(new Argument("<program>", "which program's").choices(["igor"]))
    .argument("<dir>", "the folder with the jobs, or with the config.json that names it")
    .option(
      "--base <dir>",
      "the folder that a relative WorkingDirectory counts from (that of config.json unless given)",
    )
    .option("--move", "remove the file of each job that has been taken over")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the jobs' names")
    .action(
      bind((session, _program: string, dir: string, options: ImportOptions) => run(session, dir, options)),
    );
};

const ADVICE =
  "give the folder with Igor's jobs, or the one with its config.json; the base is the one its server was started in";

async function run(session: Session, dir: string, options: ImportOptions): Promise<void> {
  const { io } = session;
  const queue = openExistingQueueToAct(session);
  const given = realFolder(path.resolve(io.cwd, dir), ADVICE);
  const config = findIgorConfig(given);
  const base = path.resolve(
    io.cwd,
    options.base ?? (config === undefined ? given : path.dirname(config.file)),
  );
  const source = {
    folder: config === undefined ? given : realFolder(jobFolderOf(config), ADVICE),
    base: realFolder(base, ADVICE),
    bindsToWorker: config?.settings.filterByName ?? false,
    moves: options.move === true,
  };
  const files: ImportedFile[] = [];
  try {
    for await (const file of importIgor(queue, source, personHere())) files.push(file);
  } finally {
    const settings = config === undefined ? [] : settingsLines(config, queue.layout.queue);
    tell(session, options, files, settings);
  }
}

function tell(
  { io }: Session,
  options: ImportOptions,
  files: readonly ImportedFile[],
  settings: readonly string[],
): void {
  const jobs = files.filter((file) => "name" in file);
  const left = files.filter((file) => "left" in file).map(({ file, left: reason }) => ({ file, reason }));
  writeAnswer(io, options, {
    json: () => ({ version: 1, jobs: jobs.map(({ file, name }) => ({ file, name })), left, settings }),
    names: () => jobs.map(({ name }) => name),
    write: () => {
      if (files.length > 0) writeLines(io.stdout, tableLines(files, COLUMNS, io.stdout));
      if (settings.length > 0)
        writeLines(io.stdout, ["", "For QMserv.cfg, as its config.json has it:", ...settings]);
      note(io, `taken over: ${counted(jobs.length, "job")}; left: ${counted(left.length, "file")}`);
    },
  });
  for (const { file, warnings } of jobs)
    for (const warning of warnings) note(io, `warning: ${file}: ${warning}`);
}

const COLUMNS: readonly Column<ImportedFile>[] = [
  { title: "FILE", of: ({ file }) => file, shrinkTo: 12 },
  { title: "JOB", of: (file) => ("name" in file ? file.name : "-"), shrinkTo: 12 },
  { title: "LEFT, AS", of: (file) => ("left" in file ? file.left : ""), shrinkTo: 12, wraps: true },
];
