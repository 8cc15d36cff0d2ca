import { isPlainName } from "../../disk/held-folder.ts";

/**
 * The names in the path of an address, in bytes, each decoded exactly once; undefined when the address is malformed
 * or one of its names could lead elsewhere. One slash at the end is left out.
 * @param rawPath as it came over the wire, without a query; one character for each byte
 */
export function segmentsOf(rawPath: string): Buffer[] | undefined {
  if (!rawPath.startsWith("/") || /[^\x21-\x7e\x80-\xff]|#/.test(rawPath)) return undefined;
  const parts = rawPath.replace(/\/$/, "").split("/").slice(1);
  const segments = parts.flatMap((part) => decodeOnce(part) ?? []).filter(isPlainName);
  return segments.length === parts.length ? segments : undefined;
}

/** A path of names in bytes as it stands in an address, to be read by {@link segmentsOf}. */
export function pathOf(segments: readonly Buffer[]): string {
  return segments.map((segment) => `/${encode(segment)}`).join("");
}

function decodeOnce(part: string): Buffer | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(part)) return undefined;
  return Buffer.from(
    part.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    "latin1",
  );
}

// UTF-8 comes out as with encodeURIComponent; every other byte likewise, which that function cannot do.
function encode(segment: Buffer): string {
  return segment
    .toString("latin1")
    .replace(
      /[^A-Za-z0-9_.!~*'()-]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
}
