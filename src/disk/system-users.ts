import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tryOr } from "../text/try-or.ts";
import { fileStamp } from "./error-code.ts";

/** A user of this machine, by passwd(5). */
export interface SystemUser {
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}

interface Known {
  readonly user: SystemUser | undefined;
  /** Of `/etc/passwd` when it was read. */
  readonly stamp: string;
  /** Monotonic. */
  readonly untilMs: number;
}

const PASSWD_FILE = "/etc/passwd";

/** A user directory (LDAP, SSSD) is asked again after so long, and given up after `DIRECTORY_TIMEOUT_MS`. */
const KNOWN_FOR_MS = 600_000;
const DIRECTORY_TIMEOUT_MS = 2000;

const known = new Map<number, Known>();

/**
 * The user with this id, from `/etc/passwd`, else as `getent` knows it from a user directory; undefined where neither
 * does. Cached until `/etc/passwd` changes, for ten minutes at most: otherwise one `stat`. Never throws.
 */
export function systemUser(uid: number): SystemUser | undefined {
  const stamp = fileStamp(PASSWD_FILE);
  const cached = known.get(uid);
  if (cached?.stamp === stamp && performance.now() < cached.untilMs) return cached.user;
  const user = userIn(readPasswd(), uid) ?? userIn(askDirectory(uid), uid);
  known.set(uid, { user, stamp, untilMs: performance.now() + KNOWN_FOR_MS });
  return user;
}

/** The user with this id in the text of a passwd(5) file; of several the first, as for the system itself. */
export function userIn(passwd: string, uid: number): SystemUser | undefined {
  for (const line of passwd.split("\n")) {
    const [name = "", , id, , , home = "", shell = ""] = line.split(":");
    const isPlain = name !== "" && !/^[#+-]/.test(name);
    if (isPlain && id === String(uid)) return { name, home, shell: shell === "" ? "/bin/sh" : shell };
  }
  return undefined;
}

function readPasswd(): string {
  return tryOr(() => fs.readFileSync(PASSWD_FILE, "utf8"), "");
}

// Many systems have no `getent`; a directory that is out of reach must not hold up the manager.
function askDirectory(uid: number): string {
  return tryOr(
    () =>
      execFileSync("getent", ["passwd", String(uid)], {
        encoding: "utf8",
        timeout: DIRECTORY_TIMEOUT_MS,
        stdio: ["ignore", "pipe", "ignore"],
      }),
    "",
  );
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A process's environment with what a login would have set: HOME, USER, LOGNAME and SHELL from passwd(5) where they are unset or
 * empty, as under cron or in a container; left out where the user has no entry either. Never throws.
 */
export function ownEnvironment(env: Environment): Environment {
  const missing = ["HOME", "USER", "LOGNAME", "SHELL"].filter((name) => (env[name] ?? "") === "");
  if (missing.length === 0) return env;
  const user = systemUser(process.geteuid?.() ?? -1);
  const { home, name, shell } = user ?? {};
  const ofLogin: Environment = { HOME: home, USER: name, LOGNAME: name, SHELL: shell };
  return { ...env, ...Object.fromEntries(missing.map((variable) => [variable, ofLogin[variable]])) };
}
