import { commaSeparated, type InfoValue, ok, wrong } from "./info-values.ts";
import { quoted } from "./quoted.ts";

const MAX_ADDRESS_CHARACTERS = 254;
const MAX_ADDRESSES = 100;

/** RFC 5322 `dot-atom`; no quotes, comments or display names, which mail programs read each in their own way. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** Letters of any script with their marks, digits, and hyphens inside. */
const DOMAIN_LABEL = /^(?!-)[\p{L}\p{M}\d-]{1,63}(?<!-)$/u;

/** Mail addresses separated by commas, without repeats. */
export function readAddresses(text: string): InfoValue<readonly string[]> {
  const addresses = commaSeparated(text);
  const right = "should be mail addresses as name@lab.org, separated by commas";
  const bad = addresses.find((address) => !isAddress(address));
  if (bad !== undefined) return wrong(right, `has ${quoted(bad)}`);
  if (addresses.length === 0) return wrong(right);
  if (addresses.length <= MAX_ADDRESSES) return ok(addresses);
  return wrong(`should have at most ${MAX_ADDRESSES} addresses`, `has ${addresses.length} addresses`);
}

/** One plain address: no display name, no comment, no quotes. */
export function isAddress(text: string): boolean {
  if (text.length > MAX_ADDRESS_CHARACTERS) return false;
  const [local = "", domain = "", ...rest] = text.split("@");
  const labels = domain.split(".");
  return rest.length === 0 && LOCAL_PART.test(local) && labels.every((label) => DOMAIN_LABEL.test(label));
}
