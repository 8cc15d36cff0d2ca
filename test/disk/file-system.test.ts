import fs from "node:fs";
import { expect, it, vi } from "vitest";
import { blindSeconds, mountOf } from "../../src/disk/file-system.ts";

const TABLE = [
  "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
  "30 22 0:40 / /srv/my\\040lab rw,relatime shared:2 - nfs4 nas:/lab rw,vers=4.1,acregmin=1,acregmax=1",
  "31 22 0:41 / /home/ada/remote rw,nosuid - fuse.sshfs lab:/srv rw,user_id=1000",
  "32 30 0:42 / /srv/my\\040lab/inner rw - ext4 /dev/sdb1 rw",
  "33 30 0:43 / /srv/my\\040lab/inner rw - tmpfs none rw",
].join("\n");

function mounted(): void {
  vi.spyOn(fs, "readFileSync").mockReturnValue(TABLE);
  vi.spyOn(fs, "realpathSync").mockImplementation(((file: string) => file) as typeof fs.realpathSync);
}

it("tells the mount below which a path lies, with its options", () => {
  mounted();
  expect(mountOf("/srv/my lab/QM")).toEqual({
    point: "/srv/my lab",
    type: "nfs4",
    source: "nas:/lab",
    options: ["rw", "vers=4.1", "acregmin=1", "acregmax=1"],
  });
  expect(mountOf("/srv/my laboratory").point).toBe("/");
  vi.restoreAllMocks();
});

it("tells the upper of two mounts on one point", () => {
  mounted();
  expect(mountOf("/srv/my lab/inner/x").type).toBe("tmpfs");
  vi.restoreAllMocks();
});

it("an sshfs mount alone is blind for long to changes in what is opened", () => {
  mounted();
  expect(["/home/ada/remote/QM", "/srv/my lab/QM", "/var"].map(blindSeconds)).toEqual([22, 0, 0]);
  vi.restoreAllMocks();
});
