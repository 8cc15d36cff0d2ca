import os from "node:os";
import { expect, it } from "vitest";
import { ownEnvironment } from "../../src/disk/system-users.ts";

const { username, homedir, shell } = os.userInfo();

it("fills in what a login would have set, where it is unset or empty", () => {
  expect(ownEnvironment({ HOME: "", PATH: "/bin" })).toEqual({
    HOME: homedir,
    USER: username,
    LOGNAME: username,
    SHELL: shell,
    PATH: "/bin",
  });
});

it("keeps what is set", () => {
  const env = { HOME: "/elsewhere", USER: "a", LOGNAME: "b", SHELL: "/bin/other" };
  expect(ownEnvironment(env)).toEqual(env);
});
