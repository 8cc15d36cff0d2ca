import { createHash } from "node:crypto";
import type { Config, LoadedConfig, Setting } from "./config.ts";
import { JOB_ENVIRONMENT, type KeySpec } from "./parser.ts";
import { ALL_KEYS, LOG_KEYS, SERVER_KEYS, WEB_KEYS, WORKER_KEYS } from "./schema.ts";
import { MAIL_KEYS } from "./schema-mail.ts";

type Named = Pick<KeySpec<unknown>, "section" | "name" | "needsRestart">;

/**
 * The settings that changed; compared by value, however these are written, and with what is masked when shown. Each with its values
 * as `qm config` shows them, "" for none, and whether the change counts only after a restart.
 */
export function diffConfig(before: LoadedConfig, after: LoadedConfig) {
  return changedKeys(before, after).map(({ section, name, needsRestart }) => ({
    section,
    key: name,
    before: shown(before, section, name),
    after: shown(after, section, name),
    needsRestart: needsRestart ?? false,
  }));
}

function changedKeys(before: LoadedConfig, after: LoadedConfig): Named[] {
  return [
    ...changedIn(SERVER_KEYS, before.config, after.config),
    ...changedIn(WORKER_KEYS, before.config.worker, after.config.worker).filter(
      (key) => !isLeftAlone(before, key) || !isLeftAlone(after, key),
    ),
    ...changedIn(LOG_KEYS, before.config.log, after.config.log),
    ...changedIn(WEB_KEYS, before.config.web, after.config.web),
    ...changedVariables(before.config.jobEnvironment, after.config.jobEnvironment),
    ...changedIn(MAIL_KEYS, before.config.mail, after.config.mail),
  ];
}

// A default here is the value of another key, whose change is told.
function isLeftAlone({ settings }: LoadedConfig, { section, name }: Named): boolean {
  const setting = settings.find((one) => one.section === section && one.key === name);
  return setting?.origin.kind === "default";
}

function changedIn<Keys extends Readonly<Record<string, Named>>>(
  keys: Keys,
  before: Readonly<Record<keyof Keys, unknown>>,
  after: Readonly<Record<keyof Keys, unknown>>,
): Named[] {
  const entries: [keyof Keys, Named][] = Object.entries(keys);
  return entries.filter(([id]) => !isSameValue(before[id], after[id])).map(([, key]) => key);
}

function changedVariables(before: Config["jobEnvironment"], after: Config["jobEnvironment"]): Named[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ section: JOB_ENVIRONMENT, name }));
}

// Values are texts, numbers, booleans and lists of texts.
function isSameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function shown({ settings }: LoadedConfig, section: string, key: string): string {
  return settings.find((setting) => setting.section === section && setting.key === key)?.value ?? "";
}

/**
 * A digest of what a configuration sets, by which two processes see whether they go by the same values. Defaults count as not
 * written, as some depend on the process; so does `QM_FOLDER`, by which the two have met. Made from the values as they are shown,
 * it tells nothing of passwords, nor of their changes.
 */
export function valuesDigest({ settings }: LoadedConfig): string {
  const set = settings.filter((setting) => setting.key !== "QM_FOLDER" && !isDefault(setting));
  const values = set.map(({ section, key, value }) => [section, key, value]);
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 32);
}

function isDefault({ section, key, value, origin }: Setting): boolean {
  const spec = ALL_KEYS.find((known) => known.section === section && known.name === key);
  return origin.kind === "default" || value === spec?.fallback;
}
