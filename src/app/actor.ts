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

const EVERYTHING: Permissions = { act: true, delete: true };

/** The person at this machine's command line: the folders' own permissions are the limit. */
export function personHere(): Actor {
  return { name: requester(), permissions: EVERYTHING };
}

/** A visitor of the page: nobody logs in. */
export function visitorAt(address: string | undefined, config: Pick<Config, "web">): Actor {
  return { name: `somebody at ${placeOf(address)}, through the page`, permissions: permissionsOf(config) };
}

/** A program that uses the API: with the token, which only the folders' owner can read, it has their rights, else those of a visitor. */
export function programAt(
  address: string | undefined,
  config: Pick<Config, "web">,
  hasToken: boolean,
): Actor {
  return {
    name: `a program at ${placeOf(address)}, through the API`,
    permissions: hasToken ? EVERYTHING : permissionsOf(config),
  };
}

function placeOf(address: string | undefined): string {
  return address ?? "an unknown address";
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
