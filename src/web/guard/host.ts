import net from "node:net";
import os from "node:os";
import type { RequestHandler } from "express";
import { refuseInText } from "../errors.ts";

/** The names by which this machine may be reached. */
export interface HostNames {
  /** `Host` of the configuration. */
  readonly host: string;
  /** `Allowed_Hosts` of the configuration. */
  readonly allowedHosts: readonly string[];
}

/**
 * Refuses requests for a host that this is not. A page of a stranger whose name was made to lead here (DNS rebinding)
 * would otherwise be of the same origin as ours. Addresses are always ours: nobody can make one lead elsewhere.
 */
export function hostGuard(names: () => HostNames): RequestHandler {
  return (request, response, next) => {
    // With two Host headers a proxy may have used the other one.
    const [header, second] = request.headersDistinct["host"] ?? [];
    const host = second === undefined ? hostOf(header) : undefined;
    if (host !== undefined && isOurs(host, names())) next();
    else refuseInText(response, 421, NOT_OURS);
  };
}

const NOT_OURS = "421: this server does not answer to that name; add it to Allowed_Hosts in QMserv.cfg";

function hostOf(header: string | undefined): string | undefined {
  const found = /^(\[[0-9a-f:.]+\]|[^:/?#@\s[\]]+)(?::\d{1,5})?$/i.exec(header ?? "");
  return found?.[1]?.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}

function isOurs(host: string, { host: configured, allowedHosts }: HostNames): boolean {
  if (net.isIP(host) !== 0) return true;
  const own = os.hostname().toLowerCase();
  const short = own.split(".")[0] ?? own;
  const names = ["localhost", own, short, `${short}.local`, configured.toLowerCase(), ...allowedHosts];
  return names.includes(host.replace(/\.$/, ""));
}
