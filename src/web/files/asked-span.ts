import type { Request } from "express";
import type { OpenedFile } from "../../disk/job-files.ts";
import type { ByteSpan } from "../../disk/read-opened.ts";

/** The part of a file that a request asks for. */
export type AskedSpan =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly span: ByteSpan }
  /** The file ends before. */
  | { readonly kind: "beyond" };

/** A version of a file: equal for two answers only where the bytes are. */
export interface FileVersion {
  /** A strong `ETag` (RFC 9110, 8.8.3). */
  readonly tag: string;
  /** Seconds, as HTTP dates have no fractions. */
  readonly modified: string;
}

/** The version of an opened file: another inode, size or time of change is another one. Throws what the file system throws. */
export async function versionOf({ handle }: OpenedFile): Promise<FileVersion> {
  const { ino, size, ctimeNs, mtime } = await handle.stat({ bigint: true });
  const tag = [ino, size, ctimeNs].map((part) => part.toString(36)).join("-");
  return { tag: `"${tag}"`, modified: mtime.toUTCString() };
}

/**
 * The span asked for by `Range`, unless `If-Range` names another version (RFC 9110, 13.1.5 and 14.2). Several ranges at once
 * are answered with the whole, as is what cannot be read. A date in `If-Range` is no strong validator, and gives the whole too.
 */
export function askedSpan(request: Request, bytes: number, { tag }: FileVersion): AskedSpan {
  const condition = request.get("If-Range");
  if (request.method !== "GET" || (condition !== undefined && condition !== tag)) return { kind: "whole" };
  const ranges = request.range(bytes);
  if (ranges === -1) return { kind: "beyond" };
  const [range] = Array.isArray(ranges) && ranges.type === "bytes" && ranges.length === 1 ? ranges : [];
  return range === undefined
    ? { kind: "whole" }
    : { kind: "part", span: { start: range.start, end: range.end + 1 } };
}
