import { quoted } from "../text/escape.ts";
import { ok, type Parsed, wrong } from "../text/parsed.ts";

const MAX_ADDRESS_CHARACTERS = 254;
const MAX_ADDRESSES = 100;
/** Of all names and addresses, and of one; more would keep the patterns busy. */
const MAX_TEXT_CHARACTERS = 16_384;
const MAX_PART_CHARACTERS = 512;

/** RFC 5322 `dot-atom`: what mail programs quote in a local part, they read each in their own way. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** Letters of any script with their marks, digits, and hyphens inside. */
const DOMAIN_LABEL = /^(?!-)[\p{L}\p{M}\d-]{1,63}(?<!-)$/u;

/** One name with its address; separators within quotes and comments do not count. */
const PART = /(?:"[^"\n]*"|\([^()\n]*\)|<(?![^<>\n]*>)|[^,;，；\r\n<])*(?:<[^<>\n]*>)?/g;

/** `Lovelace` of `Lovelace, Ada <ada@lab.org>`, as some programs write names. */
const FAMILY_NAME = /^[\p{L}\p{M}' -]+$/u;
const NAME_AND_ADDRESS = /^[^<>]*[^<>\s][^<>]*<[^<>]*>$/;

/** Characters that mail programs leave around what they paste: marks of direction, a byte-order mark. */
const OUTER_MARKS = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;

/** Plain addresses without repeats, and the texts that are none. */
interface FoundAddresses {
  readonly addresses: readonly string[];
  readonly bad: readonly string[];
}

/** A clause for what a text of addresses should be. */
export const ADDRESSES_RIGHT = "should be mail addresses as name@lab.org, separated by commas";

/**
 * The mail addresses in a text as people write it and mail programs paste it: separated by `,`, `;`, blanks or line
 * ends, each plain, as `mailto:` or with a name (`Ada <ada@lab.org>`). Only the plain address is kept of each, so that
 * nothing of the rest can come into a header.
 */
export function findAddresses(text: string): FoundAddresses {
  if (text.length > MAX_TEXT_CHARACTERS) return { addresses: [], bad: [`${text.length} characters`] };
  const parts = (text.match(PART) ?? []).map(withoutOuterMarks).filter((part) => part !== "");
  const read = parts.filter((part, at) => !isFamilyName(part, parts[at + 1])).map(readPart);
  const addresses = eachOnce(read.flatMap((found) => found.addresses));
  const tooMany = addresses.length > MAX_ADDRESSES ? [`${addresses.length} addresses`] : [];
  return {
    addresses: addresses.slice(0, MAX_ADDRESSES),
    bad: [...read.flatMap(({ bad }) => bad), ...tooMany],
  };
}

/** The addresses without repeats: another case of letters is no other recipient. */
export function eachOnce(addresses: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return addresses.filter((address) => {
    const { size } = seen;
    return seen.add(address.toLowerCase()).size > size;
  });
}

/** As {@link findAddresses}, for a text that must have at least one and nothing else. */
export function readAddresses(text: string): Parsed<readonly string[]> {
  const { addresses, bad } = findAddresses(text);
  if (bad[0] !== undefined) return wrong(ADDRESSES_RIGHT, `has ${quoted(bad[0])}`);
  return addresses.length === 0 ? wrong(ADDRESSES_RIGHT) : ok(addresses);
}

/** One plain address: no display name, no comment, no quotes. */
export function isAddress(text: string): boolean {
  if (text.length > MAX_ADDRESS_CHARACTERS) return false;
  const [local = "", domain = "", ...rest] = text.split("@");
  const labels = domain.split(".");
  return rest.length === 0 && LOCAL_PART.test(local) && labels.every((label) => DOMAIN_LABEL.test(label));
}

function withoutOuterMarks(part: string): string {
  return part.length > MAX_PART_CHARACTERS ? part.trim() : part.replaceAll(OUTER_MARKS, "");
}

function isFamilyName(part: string, next = ""): boolean {
  return FAMILY_NAME.test(part) && NAME_AND_ADDRESS.test(next);
}

function readPart(part: string): FoundAddresses {
  if (part.length > MAX_PART_CHARACTERS) return { addresses: [], bad: [part] };
  const [, name = "", inBrackets] = /^(.*)<([^<>]*)>$/s.exec(part) ?? [];
  const candidates =
    inBrackets === undefined ? part.replace(/\s*\([^()]*\)$/, "").split(/\s+/) : [inBrackets];
  const addresses = candidates.filter((candidate) => candidate !== "").map(plainAddress);
  if (!addresses.every(isAddress)) return { addresses: [], bad: [part] };
  const inName = wordsLikeAddresses(name);
  return {
    addresses: [...inName.filter(isAddress), ...addresses],
    bad: inName.filter((word) => !isAddress(word)),
  };
}

// A name has an `@` only in quotes (RFC 5322): elsewhere a separator was forgotten.
function wordsLikeAddresses(name: string): string[] {
  const words = name.replaceAll(/"[^"]*"|\([^()]*\)|=\?\S*\?=/g, " ").split(/\s+/);
  return words.filter((word) => /.@./.test(word)).map(plainAddress);
}

function plainAddress(text: string): string {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, "$2");
  const address = /^mailto:/i.test(bare) ? bare.replace(/^mailto:/i, "").replace(/\?.*$/, "") : bare;
  // As at the end of a sentence, or of a full domain name.
  return address.replace(/\.$/, "");
}
