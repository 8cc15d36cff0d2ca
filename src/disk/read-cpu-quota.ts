import fs from "node:fs";
import path from "node:path";
import { type QuotaFolder, quotaFolders, quotaOfMax, quotaOfPeriod } from "./cpu-quota.ts";

/**
 * Processors, perhaps a fraction, that the control groups of this process allow it, as a container's `--cpus` or systemd's
 * `CPUQuota=`; undefined where nothing bounds it. Never throws.
 */
export function cpuQuota(): number | undefined {
  const folders = quotaFolders(textOf("/proc/self/cgroup"), textOf("/proc/self/mountinfo"));
  const quotas = folders.map(quotaIn).filter((quota) => quota !== undefined);
  return quotas.length === 0 ? undefined : Math.min(...quotas);
}

function quotaIn({ version, folder }: QuotaFolder): number | undefined {
  const read = (name: string) => textOf(path.join(folder, name));
  if (version === 2) return quotaOfMax(read("cpu.max"));
  return quotaOfPeriod(read("cpu.cfs_quota_us"), read("cpu.cfs_period_us"));
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
