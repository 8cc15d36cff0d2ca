import { replaceUnsafe } from "../../text/escape.ts";
import { tryOr } from "../../text/try-or.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name as text; bytes that are not UTF-8 are read as Latin-1, from where such names mostly come. */
export function nameText(name: Buffer): string {
  return tryOr(() => UTF8.decode(name), name.toString("latin1"));
}

/** A name under which any system can keep a file, and that leads nowhere: what could do harm becomes `_`. */
export function harmlessName(name: Buffer): string {
  // Slashes and backslashes separate folders somewhere.
  const text = replaceUnsafe(nameText(name), "_").replace(/[/\\]/g, "_");
  // A drive's letter, and dots and spaces that some systems leave out.
  return /^[. ]+$/.test(text) ? text.replace(/./g, "_") : text.replace(/^([A-Za-z]):/, "$1_");
}

/**
 * A `Content-Disposition` that no name can break (RFC 6266, RFC 8187): plain ASCII for old programs, and the name
 * itself in percent-encoded UTF-8.
 */
export function contentDisposition(kind: "inline" | "attachment", name: Buffer): string {
  const harmless = harmlessName(name);
  const ascii = harmless.replace(/[^A-Za-z0-9 ._-]/gu, "_");
  const encoded = encodeURIComponent(harmless).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
