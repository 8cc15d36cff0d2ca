import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { readRegularText } from "../disk/safe-read.ts";
import { parseJson } from "../text/parse-json.ts";

/** The key `Worker` of Igor's config.json, with the defaults of its program. */
const configSchema = z.object({
  Worker: z.object({
    JobDirectory: z.string().default("."),
    filterByName: z.boolean().default(true),
    RefreshTime: z.number().default(5),
    MaximumJobNumber: z.number().default(1),
    Mode: z.string().default("Server"),
  }),
});

/** A config.json of Igor's. */
export interface IgorConfig {
  /** Absolute; its folder is the one that its server was started in. */
  readonly file: string;
  readonly settings: z.infer<typeof configSchema>["Worker"];
}

const MAX_BYTES = 256 * 1024;

/** The configuration for the jobs in a folder: in the folder itself, or beside it; undefined where neither has one that can be read. */
export function findIgorConfig(folder: string): IgorConfig | undefined {
  const files = [folder, path.dirname(folder)].map((at) => path.join(at, "config.json"));
  const found = files.flatMap((file) => {
    const settings = parseJson(configSchema, readRegularText(file, MAX_BYTES))?.Worker;
    return settings === undefined ? [] : [{ file, settings }];
  });
  return found.find((config) => config.file === files[0] || isSameFolder(jobFolderOf(config), folder));
}

/** The folder that a configuration has the jobs in. */
export function jobFolderOf({ file, settings }: IgorConfig): string {
  return path.resolve(path.dirname(file), settings.JobDirectory);
}

function isSameFolder(one: string, other: string): boolean {
  return fs.existsSync(one) && fs.realpathSync(one) === fs.realpathSync(other);
}

/** The lines of a QMserv.cfg that do the same, with a comment where there is no such setting. */
export function settingsLines(config: IgorConfig, queueFolder: string): readonly string[] {
  const { filterByName, RefreshTime, MaximumJobNumber } = config.settings;
  return [
    "[QMServer]",
    `# JobDirectory was ${jobFolderOf(config)}: jobs are now put into ${queueFolder}`,
    `Poll_Interval = ${Math.min(3600, Math.max(0.1, RefreshTime))}`,
    ...modeLines(config),
    "[Worker]",
    `Only_Named = ${filterByName ? "True" : "False"}`,
    `Max_Jobs = ${Math.max(1, Math.floor(MaximumJobNumber))}`,
  ];
}

function modeLines({ settings: { Mode } }: IgorConfig): readonly string[] {
  switch (Mode.toLowerCase()) {
    case "worker":
      return [
        "# Mode was Worker: `qm worker --until-empty` runs jobs until nothing waits; the manager goes on",
      ];
    case "shutdown":
      return ["# Mode was Shutdown: `qm stop --drain` takes nothing new and waits for what runs"];
    default:
      return [];
  }
}
