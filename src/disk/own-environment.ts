import { systemUser } from "./system-users.ts";

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
