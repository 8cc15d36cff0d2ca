import type { Problem } from "../text/problem.ts";
import type { ValuesOf } from "./parser.ts";
import type { LOG_KEYS, SERVER_KEYS, WEB_KEYS, WORKER_KEYS } from "./schema.ts";
import type { MAIL_KEYS } from "./schema-mail.ts";

/**
 * Everything the configuration decides, checked, with defaults filled in; each value is described with its key. Paths are
 * absolute.
 */
export interface Config extends ValuesOf<typeof SERVER_KEYS> {
  readonly worker: ValuesOf<typeof WORKER_KEYS>;
  readonly log: ValuesOf<typeof LOG_KEYS>;
  readonly web: ValuesOf<typeof WEB_KEYS>;
  readonly mail: ValuesOf<typeof MAIL_KEYS>;
  readonly jobEnvironment: Readonly<Record<string, string>>;
}

/** The origin of a value. */
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

/** The key that gives this machine's processors. */
export function processorsKey({ worker, maxProcessors }: Config): string {
  return worker.processors === maxProcessors ? "MaxNbProcessors" : "Processors of [Worker]";
}

/** The reason for the number of this machine's processors, where that is a default which a person may not expect. */
export function reasonForProcessors({ config, settings }: LoadedConfig): string | undefined {
  const origin = settings.find(({ key }) => key === processorsKey(config))?.origin;
  return origin?.kind === "default" ? origin.because : undefined;
}

/** A configuration with the story of how it came about. */
export interface LoadedConfig {
  readonly config: Config;
  /** Absolute; absent when there is no file and all values are defaults. */
  readonly file?: string;
  readonly settings: readonly Setting[];
  /** The places where a file was looked for, the one found last; a file made at one of these counts from then on. Absolute. */
  readonly sought: readonly string[];
  /** Variables of `[JobEnvironment]` that this process, which is not the manager, has not; the manager may have them. */
  readonly lacking: readonly Problem[];
  /** Unknown keys and sections, which are ignored, and what is perhaps not meant so; nothing here stops the manager. */
  readonly warnings: readonly Problem[];
}
