/** The way in which the bytes of a file may be shown. */
export type Content =
  | { readonly kind: "image"; readonly type: "image/png" | "image/jpeg" | "image/gif" | "image/webp" }
  | { readonly kind: "text" }
  | { readonly kind: "binary" };

/** So many bytes of a file's beginning tell what it is. */
export const HEAD_BYTES = 8192;

const IMAGES: Readonly<Record<string, Extract<Content, { kind: "image" }>["type"]>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

/** Endings of texts that a browser might run, or fetch more for. */
const ACTIVE = new Set(
  "html htm xhtml xht shtml hta mht mhtml svg svgz xml xsl xslt rss atom rdf js mjs cjs jsx ts css wasm pdf swf".split(
    " ",
  ),
);

/** The kind of a file, by its ending and its first {@link HEAD_BYTES} bytes together: a stranger chose both. */
export function contentOf(name: Buffer, head: Buffer): Content {
  const image = IMAGES[endingOf(name)];
  if (image !== undefined) return hasMagic(image, head) ? { kind: "image", type: image } : { kind: "binary" };
  return isText(head) ? { kind: "text" } : { kind: "binary" };
}

/** True for a text that may be sent as text, as nothing about it lets a browser take it for a page. */
export function isPassive(name: Buffer, head: Buffer): boolean {
  return !ACTIVE.has(endingOf(name)) && !/^[\s\ufeff]*<[!?A-Za-z]/.test(head.toString("utf8"));
}

function endingOf(name: Buffer): string {
  return /\.([^.]*)$/.exec(name.toString("latin1"))?.[1]?.toLowerCase() ?? "";
}

function hasMagic(type: string, head: Buffer): boolean {
  const start = head.toString("latin1", 0, 12);
  switch (type) {
    case "image/png":
      return start.startsWith("\x89PNG\r\n\x1a\n");
    case "image/jpeg":
      return start.startsWith("\xff\xd8\xff");
    case "image/gif":
      return start.startsWith("GIF87a") || start.startsWith("GIF89a");
    default:
      return start.startsWith("RIFF") && start.slice(8) === "WEBP";
  }
}

// UTF-8, or mostly ASCII as texts in other encodings of Europe are; a log may hold colours and backspaces.
function isText(head: Buffer): boolean {
  if (head.some(isOddControl)) return false;
  const high = head.filter((byte) => byte >= 0x80).length;
  return high <= 0.3 * head.length || isUtf8(head);
}

function isOddControl(byte: number): boolean {
  const BELL = 0x07;
  const CARRIAGE_RETURN = 0x0d;
  const ESCAPE = 0x1b;
  if (byte >= 0x20) return byte === 0x7f;
  return byte !== ESCAPE && (byte < BELL || byte > CARRIAGE_RETURN);
}

function isUtf8(head: Buffer): boolean {
  try {
    // The last character may be cut.
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
