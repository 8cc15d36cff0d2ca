import { nearest } from "../../text/nearest.ts";
import { ok, type Parsed, wrong } from "../../text/parsed.ts";
import { type Zone, zoneNamed } from "./zone.ts";

/** The value of `schedule_zone`: the IANA name of a time zone. */
export function readZone(text: string): Parsed<Zone> {
  const zone = zoneNamed(text);
  if (zone !== undefined) return ok(zone);
  const meant = nearest(text, Intl.supportedValuesOf("timeZone"));
  return wrong(`should be the name of a time zone such as ${meant ?? "Europe/Berlin"} or UTC`);
}
