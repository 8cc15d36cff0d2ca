import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemUser, userIn } from "../../src/disk/system-users.ts";
import { scratchFolder } from "../support/scratch.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a user in a passwd file", () => {
  const passwd = [
    "# users of the lab",
    "root:x:0:0:root:/root:/bin/bash",
    "ada:x:1001:1001:Ada, Room 12:/home/ada:/bin/zsh",
    "ada2:x:1001:1001::/home/ada2:/bin/sh",
    "qm:x:100:10::/var/lib/qm:",
    "+:x:1002:::",
    "half:x:1003",
    "",
  ].join("\n");

  it("has name, home and shell", () => {
    expect(userIn(passwd, 1001)).toEqual({ name: "ada", home: "/home/ada", shell: "/bin/zsh" });
  });

  it("without a shell has the system's own", () => {
    expect(userIn(passwd, 100)?.shell).toBe("/bin/sh");
  });

  it("is not taken from comments, entries of NIS, or another id with the same digits", () => {
    expect([userIn(passwd, 1002), userIn(passwd, 10), userIn("", 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("may have an incomplete line", () => {
    expect(userIn(passwd, 1003)).toEqual({ name: "half", home: "", shell: "/bin/sh" });
  });
});

describe("a user of this machine", () => {
  it("is found by its id", () => {
    expect(systemUser(0)).toMatchObject({ name: "root" });
  });

  it("that only a user directory knows is asked for once", () => {
    const folder = scratchFolder();
    const calls = path.join(folder, "calls");
    const script = `#!/bin/sh\necho "$@" >> ${calls}\necho "grace:*:$2:50:Grace:/net/grace:/bin/ksh"\n`;
    fs.writeFileSync(path.join(folder, "getent"), script, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
    const user = { name: "grace", home: "/net/grace", shell: "/bin/ksh" };
    expect([systemUser(3_999_001), systemUser(3_999_001)]).toEqual([user, user]);
    expect(fs.readFileSync(calls, "utf8")).toBe("passwd 3999001\n");
  });

  it("that nobody knows is none, with or without a user directory", () => {
    expect(systemUser(3_999_002)).toBeUndefined();
    vi.stubEnv("PATH", "");
    expect(systemUser(3_999_003)).toBeUndefined();
  });
});
