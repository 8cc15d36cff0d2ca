import { createHash } from "node:crypto";
import type { LoadedConfig, Setting } from "./config.ts";
import { ALL_KEYS } from "./schema.ts";

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
