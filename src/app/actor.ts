import type { Config } from "../config/config.ts";
import { ACTIONS, type AnyAction, type Permissions } from "../job/actions.ts";
import { QmError } from "../text/errors.ts";
import { requester } from "./request-job.ts";

/** Somebody who asks for something. */
export interface Actor {
  /** As it is written into request files, as far as it is known. */
  readonly name: string;
  readonly permissions: Permissions;
}

/** The person at this machine's command line: the folders' own permissions are the limit. */
export function personHere(): Actor {
  return { name: requester(), permissions: { act: true, delete: true } };
}

/** A visitor of the page, or a program that uses the API: nobody logs in to either. */
export function strangerAt(
  address: string | undefined,
  through: "page" | "API",
  config: Pick<Config, "web">,
): Actor {
  const who = through === "page" ? "somebody" : "a program";
  return {
    name: `${who} at ${address ?? "an unknown address"}, through the ${through}`,
    permissions: permissionsOf(config),
  };
}

/** The permissions that the configuration gives to whoever sees the page. */
export function permissionsOf({ web }: Pick<Config, "web">): Permissions {
  return { act: web.licenceToKill, delete: web.deleteJobs };
}

/** True where the actor's permissions allow this. */
export function may({ permissions }: Pick<Actor, "permissions">, action: AnyAction): boolean {
  return permissions[ACTIONS[action].needs];
}

/** Throws `refused` where the configuration does not let those who see the page do this. */
export function refuseUnlessMay(actor: Actor, action: AnyAction): void {
  if (may(actor, action)) return;
  const { needs, verb = action } = ACTIONS[action];
  const key = needs === "delete" ? "Delete_Jobs" : "Licence_to_kill";
  throw new QmError("refused", `this page may not ${action.replace("_", " a ")}`, {
    mend: `set ${key} = True in section [WEB_QMserver] of QMserv.cfg, or use \`qm ${verb}\``,
  });
}
