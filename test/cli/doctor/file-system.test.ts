import { describe, expect, it } from "vitest";
import { ofNetwork } from "../../../src/cli/doctor/file-system.ts";

const judged = (type: string, options: readonly string[] = ["rw"], source = "nas:/lab") =>
  ofNetwork("file system", "/srv/QM is on it", { point: "/srv", type, source, options });

describe("a queue on a network mount", () => {
  it.each([
    [["rw", "acregmin=1", "acregmax=1", "acdirmin=1", "acdirmax=1"]],
    [["rw", "noac", "lookupcache=none"]],
  ])("by NFS is well where the client asks the server again soon: %j", (options) => {
    expect(judged("nfs4", options).level).toBe("ok");
  });

  it.each([[["rw"]], [["rw", "acregmax=1"]], [["rw", "acregmax=10", "acdirmax=1"]]])(
    "by NFS is told which option makes it better: %j",
    (options) => {
      expect(judged("nfs4", options)).toMatchObject({
        level: "warn",
        mend: expect.stringContaining("actimeo=1"),
      });
    },
  );

  it("by SMB is well", () => {
    expect(judged("cifs", ["rw", "actimeo=1"]).level).toBe("ok");
  });

  it("by sshfs is told which option makes it better", () => {
    expect(judged("fuse.sshfs")).toMatchObject({
      level: "warn",
      mend: expect.stringContaining("dcache_timeout=1"),
    });
  });

  it.each([
    ["fuse", "https://cloud.example/remote.php/webdav"],
    ["fuse.davfs", "cloud"],
  ])("by WebDAV is refused: %s of %s", (type, source) => {
    expect(judged(type, ["rw"], source)).toMatchObject({
      level: "fail",
      text: expect.stringContaining("WebDAV"),
    });
  });

  it("of another kind is warned of", () => {
    expect(judged("ceph").level).toBe("warn");
  });
});
