import type { MailSettings } from "../job/job-info.ts";
import type { Problem } from "../text/problem.ts";

/** Everything the configuration decides, checked, with defaults filled in. Paths are absolute. */
export interface Config {
  readonly qmFolder: string;
  /** Processors that all running jobs together may use. */
  readonly maxProcessors: number;
  /** `blocking` runs one job at a time. */
  readonly launchType: "blocking" | "non-blocking";
  /** Names of info files; the first one present in a job's folder is used. */
  readonly jobFiles: readonly string[];
  readonly debug: boolean;
  readonly settleSeconds: number;
  /** Patterns of names, beside those of the known copiers, that mean a copy still goes on. */
  readonly unfinishedNames: readonly string[];
  readonly pollSeconds: number;
  readonly minFreeDiskBytes: number;
  readonly killGraceSeconds: number;
  readonly onLost: "keep" | "requeue";
  readonly fairShare: boolean;
  /** For so long others may pass a job at the head of the order that does not fit. */
  readonly reserveAfterSeconds: number;
  /** This machine's name among those that share the folder. */
  readonly worker: string;
  readonly log: LogConfig;
  readonly jobEnvironment: Readonly<Record<string, string>>;
  readonly web: WebConfig;
  readonly mail: MailSettings;
}

interface LogConfig {
  readonly format: "text" | "json";
  readonly maxBytes: number;
  /** Rotated files kept beside the current one. */
  readonly keep: number;
}

interface WebConfig {
  /** Name or address to listen on. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Further names of this server, lower case. */
  readonly allowedHosts: readonly string[];
  readonly licenceToKill: boolean;
  readonly deleteJobs: boolean;
  readonly displayDetails: boolean;
  readonly refreshSeconds: number;
  readonly debug: boolean;
}

/** Where a value comes from. */
export type Origin =
  | { readonly kind: "default"; readonly because?: string }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "file"; readonly file: string; readonly line: number };

/** One value as `qm config` shows it. */
export interface Setting {
  readonly section: string;
  readonly key: string;
  /** As it would be written in the file; passwords masked, relative paths resolved. */
  readonly value: string;
  readonly origin: Origin;
  readonly doc: string;
}

/** The reason for the value of a setting, where that is a default which a person may not expect. */
export function reasonFor({ settings }: LoadedConfig, key: string): string | undefined {
  const origin = settings.find((setting) => setting.key === key)?.origin;
  return origin?.kind === "default" ? origin.because : undefined;
}

/** A configuration with the story of how it came about. */
export interface LoadedConfig {
  readonly config: Config;
  /** Absolute; absent when there is no file and all values are defaults. */
  readonly file?: string;
  readonly settings: readonly Setting[];
  /** Where a file was looked for, the one found last; a file made at one of these counts from then on. Absolute. */
  readonly sought: readonly string[];
  /** Variables of `[JobEnvironment]` that this process, which is not the manager, has not; the manager may have them. */
  readonly lacking: readonly Problem[];
  /** Unknown keys and sections, which are ignored, and what is perhaps not meant so; nothing here stops the manager. */
  readonly warnings: readonly Problem[];
}
