import type { Config } from "../../config/config.ts";

/** What whoever sees the page may do. */
export interface Permissions {
  /** `Licence_to_kill`: ends, holds, moves to the head, runs again, pauses. */
  readonly act: boolean;
  /** `Delete_Jobs`. */
  readonly delete: boolean;
}

/** The permissions that the configuration gives. */
export function permissionsOf({ web }: Pick<Config, "web">): Permissions {
  return { act: web.licenceToKill, delete: web.deleteJobs };
}
