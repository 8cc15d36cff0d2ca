import { domainToASCII } from "node:url";
import { eachOnce, isAddress } from "../job/addresses.ts";
import type { MailMoment } from "../job/info-fields.ts";
import type { MailSettings } from "../job/job-info.ts";
import type { JobRecord } from "../job/record.ts";

type Rules = Pick<MailSettings, "on" | "admins" | "allowedDomains">;

/** Those who hear of a job's end, each in a letter of its own: its owners as they wished, and `Mail_Admin` where it is lost or concerns nobody else. */
export function addresseesAtEnd(record: JobRecord, rules: Rules) {
  const owners = wantsEnd(record, rules.on) ? allowedAddresses(record.mailTo, rules) : [];
  const concernsAdmins = record.state === "lost" || (record.state === "invalid" && owners.length === 0);
  const admins = concernsAdmins ? eachOnce([...owners, ...rules.admins]).slice(owners.length) : [];
  return { owners, admins };
}

/** The addresses that hear of a job's start. */
export function addresseesAtStart(
  job: Pick<JobRecord, "mailTo" | "mailOn">,
  rules: Rules,
): readonly string[] {
  const moments = job.mailOn ?? rules.on;
  return moments.includes("start") || moments.includes("all") ? allowedAddresses(job.mailTo, rules) : [];
}

/** Of the addresses in a job's file, those that are plain addresses within the allowed domains, each once. */
export function allowedAddresses(
  addresses: readonly string[],
  { allowedDomains }: Pick<Rules, "allowedDomains">,
): readonly string[] {
  const domains = new Set(allowedDomains.map((domain) => domainToASCII(domain)));
  const wired = new Map(addresses.map((address) => [wireAddress(address)?.toLowerCase(), address] as const));
  const isAllowed = (wire: string) =>
    domains.size === 0 || domains.has(wire.slice(wire.lastIndexOf("@") + 1));
  return [...wired].flatMap(([wire, address]) => (wire !== undefined && isAllowed(wire) ? [address] : []));
}

/** An address as mail servers are told it, its domain in ASCII; undefined for what is no plain address. */
export function wireAddress(address: string): string | undefined {
  if (!isAddress(address)) return undefined;
  const at = address.lastIndexOf("@");
  const domain = domainToASCII(address.slice(at + 1));
  return domain === "" ? undefined : `${address.slice(0, at)}@${domain}`;
}

// The fault of a refused job may be its `mail_on`, so only a configuration that wants no mails at all counts.
function wantsEnd({ state, mailOn }: JobRecord, otherwise: readonly MailMoment[]): boolean {
  const moments = mailOn ?? otherwise;
  if (state === "invalid") return !moments.includes("none");
  if (moments.includes("end") || moments.includes("all")) return true;
  return moments.includes("fail") && state !== "done";
}
