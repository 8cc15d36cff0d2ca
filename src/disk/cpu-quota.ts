import fs from "node:fs";
import path from "node:path";
import { counted } from "../text/quantity.ts";
import { tryOr } from "../text/try-or.ts";

/** A control group's folder in which a CPU quota may be set, and in which of the two ways it is written. */
export interface QuotaFolder {
  readonly version: 1 | 2;
  /** Absolute. */
  readonly folder: string;
}

interface Mount {
  readonly version: 1 | 2;
  /** The group that is seen at `point`. */
  readonly root: string;
  readonly point: string;
}

/** The usual mounts of groups, for systems that do not tell. */
const USUAL_MOUNTS: readonly Mount[] = [
  { version: 2, root: "/", point: "/sys/fs/cgroup" },
  { version: 1, root: "/", point: "/sys/fs/cgroup/cpu" },
];

/**
 * The folders whose quotas bind a process: those of its own control group and of all groups above that can be seen, by
 * cgroups(7).
 * @param groups `/proc/self/cgroup`
 * @param mounts `/proc/self/mountinfo`, proc_pid_mountinfo(5)
 */
export function quotaFolders(groups: string, mounts: string): readonly QuotaFolder[] {
  const found = [...mounts.split("\n").flatMap(cpuMount), ...USUAL_MOUNTS];
  const folders = found.flatMap((mount) => foldersOf(mount, groupPath(groups, mount.version)));
  const unlike = new Map(folders.map((entry) => [`${entry.version} ${entry.folder}`, entry]));
  return [...unlike.values()];
}

/** Processors that `cpu.max` allows: `150000 100000` is 1.5; undefined for `max`, and for what cannot be read. */
export function quotaOfMax(text: string): number | undefined {
  const [quota = "", period = "100000"] = text.trim().split(/\s+/);
  return quotaOfPeriod(quota, period);
}

/** Processors that `cpu.cfs_quota_us` and `cpu.cfs_period_us` allow; undefined for -1, and for what cannot be read. */
export function quotaOfPeriod(quota: string, period: string): number | undefined {
  const [allowed, whole] = [quota.trim(), period.trim()].map((text) =>
    /^\d+$/.test(text) ? Number(text) : 0,
  );
  return allowed && whole ? allowed / whole : undefined;
}

/** `a CPU quota of 1.5 processors` */
export function describeQuota(processors: number): string {
  return `a CPU quota of ${counted(Math.round(processors * 100) / 100, "processor")}`;
}

/** `36 35 0:31 /docker/4f2a /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct` */
function cpuMount(line: string): readonly Mount[] {
  const [before = "", after = ""] = line.split(" - ");
  const [, , , root = "/", point = ""] = before.split(" ").map(unescaped);
  const [type = "", , options = ""] = after.split(" ");
  if (type === "cgroup2") return [{ version: 2, root, point }];
  return type === "cgroup" && options.split(",").includes("cpu") ? [{ version: 1, root, point }] : [];
}

/** `4:cpu,cpuacct:/docker/4f2a`, for version 2 `0::/system.slice/qm.service`. */
function groupPath(groups: string, version: 1 | 2): string {
  for (const line of groups.split("\n")) {
    const [, id, controllers = "", group = "/"] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const isMeant = version === 2 ? id === "0" && controllers === "" : controllers.split(",").includes("cpu");
    if (isMeant) return group;
  }
  return "/";
}

/** From the group up to what is mounted; that alone where a namespace hides how the one lies in the other. */
function foldersOf({ version, root, point }: Mount, group: string): QuotaFolder[] {
  const above = root === "/" ? "" : root;
  const isBelow = group.startsWith(`${above}/`) && !group.split("/").includes("..");
  const names = isBelow
    ? group
        .slice(above.length)
        .split("/")
        .filter((name) => name !== "")
    : [];
  return [...names.keys(), names.length].map((count) => ({
    version,
    folder: [point, ...names.slice(0, count)].join("/"),
  }));
}

// A blank is written as its octal number.
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

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
  return tryOr(() => fs.readFileSync(file, "utf8"), "");
}
