import { describe, expect, it } from "vitest";
import { quotaFolders, quotaOfMax, quotaOfPeriod } from "../../src/disk/cpu-quota.ts";

/** The folders beside those that are looked at in any case. */
function foldersOf(groups: string, mounts: string): string[] {
  return quotaFolders(groups, mounts)
    .map(({ version, folder }) => `v${version} ${folder}`)
    .filter((text) => text !== "v2 /sys/fs/cgroup" && text !== "v1 /sys/fs/cgroup/cpu");
}

describe("the folders whose quotas bind a process", () => {
  it("are those of its group and of all above, in version 2", () => {
    const mounts = "29 24 0:26 / /cg rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    expect(foldersOf("0::/system.slice/qm.service\n", mounts)).toEqual([
      "v2 /cg",
      "v2 /cg/system.slice",
      "v2 /cg/system.slice/qm.service",
      "v2 /sys/fs/cgroup/system.slice",
      "v2 /sys/fs/cgroup/system.slice/qm.service",
    ]);
  });

  it("are those of the controller cpu in version 1, also where it is mounted together with another", () => {
    const mounts = [
      "31 25 0:27 / /cg/memory rw - cgroup cgroup rw,memory",
      "32 25 0:28 / /cg/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct",
      "33 25 0:29 / /cg/cpuset rw - cgroup cgroup rw,cpuset",
    ].join("\n");
    const groups = "5:memory:/m\n4:cpu,cpuacct:/batch/qm\n3:cpuset:/c\n0::/u\n";
    expect(foldersOf(groups, mounts).filter((folder) => folder.includes("/cg/"))).toEqual([
      "v1 /cg/cpu,cpuacct",
      "v1 /cg/cpu,cpuacct/batch",
      "v1 /cg/cpu,cpuacct/batch/qm",
    ]);
  });

  it.each([
    ["a container whose group is what is mounted", "/docker/4f2a", "/docker/4f2a", ["/cg"]],
    ["a group below that", "/docker/4f2a/sub", "/docker/4f2a", ["/cg", "/cg/sub"]],
    ["a namespace of its own", "/", "/", ["/cg"]],
    ["a group that the mount does not show", "/docker/4f2a", "/other", ["/cg"]],
    ["one beside it with a like name", "/docker/4f2a", "/docker/4f", ["/cg"]],
    ["a group outside the namespace", "/../../user", "/", ["/cg"]],
    ["a mount from outside the namespace", "/", "/../..", ["/cg"]],
  ])("are right for %s", (_, group, root, expected) => {
    const mounts = `32 25 0:28 ${root} /cg rw - cgroup cgroup rw,cpu\n`;
    const folders = foldersOf(`4:cpu:${group}\n`, mounts).filter((folder) => folder.includes(" /cg"));
    expect(folders).toEqual(expected.map((folder) => `v1 ${folder}`));
  });

  it("are the usual ones where nothing tells, and may have blanks in their names", () => {
    expect(quotaFolders("", "")).toEqual([
      { version: 2, folder: "/sys/fs/cgroup" },
      { version: 1, folder: "/sys/fs/cgroup/cpu" },
    ]);
    const mounts = "1 2 0:1 / /my\\040groups rw - cgroup2 none rw\n";
    expect(foldersOf("0::/\n", mounts)).toEqual(["v2 /my groups"]);
  });
});

it.each([
  ["max 100000\n", undefined],
  ["100000 100000\n", 1],
  ["150000 100000", 1.5],
  ["50000 200000", 0.25],
  ["200000", 2],
  ["", undefined],
  ["0 100000", undefined],
  ["100000 0", undefined],
  ["nonsense", undefined],
])("reads cpu.max %j as %s processors", (text, quota) => {
  expect(quotaOfMax(text)).toBe(quota);
});

it.each([
  ["-1\n", "100000\n", undefined],
  ["100000\n", "100000\n", 1],
  ["250000", "100000", 2.5],
  ["", "", undefined],
  ["100000", "", undefined],
])("reads the quota %j of the period %j as %s processors", (quota, period, processors) => {
  expect(quotaOfPeriod(quota, period)).toBe(processors);
});
