import type { Request, Response } from "express";
import { type ByteSpan, type OpenedFile, readHead } from "../../disk/job-files.ts";
import type { Layout } from "../../queue/layout.ts";
import { type AskedFile, askedFile, fileAddress } from "./asked-file.ts";
import { contentOf, HEAD_BYTES, isPassive } from "./content.ts";
import { contentDisposition } from "./name-text.ts";
import { refuseInText, sendBytes, setFileHeaders } from "./send-bytes.ts";

/** Answers with the bytes of a file of a job, such that no browser takes them for a page of this server. */
export async function sendRawFile(layout: Layout, request: Request, response: Response): Promise<void> {
  setFileHeaders(response);
  const asked = await askedFile(layout, request);
  if (asked.kind === "none") return refuseInText(response, asked.status, asked.why);
  const opened = await asked.place.folder.open(asked.segments).finally(() => asked.place.folder.close());
  switch (opened.kind) {
    case "absent":
      return refuseInText(response, 404, "There is no such file.");
    case "refused":
      return refuseInText(response, 403, `It ${opened.why}.`);
    case "folder":
      return response.redirect(fileAddress("view", asked.place, asked.segments));
    case "file":
      return await sendOpened(request, response, asked, opened).finally(() => opened.handle.close());
  }
}

async function sendOpened(
  request: Request,
  response: Response,
  { name }: AskedFile,
  file: OpenedFile,
): Promise<void> {
  const type = shownType(name, await readHead(file, HEAD_BYTES));
  const isShown = type !== undefined && request.query["download"] === undefined;
  response.set("Content-Type", type ?? "application/octet-stream");
  response.set("Content-Disposition", contentDisposition(isShown ? "inline" : "attachment", name));
  const version = await versionOf(file);
  response.set({ "Accept-Ranges": "bytes", ETag: version.tag, "Last-Modified": version.modified });
  if (request.method !== "HEAD")
    return await sendAsked(response, file, askedSpan(request, file.bytes, version));
  response.set("Content-Length", String(file.bytes)).end();
}

/** A download that broke off goes on where it ended: the client asks for the rest. */
async function sendAsked(response: Response, file: OpenedFile, asked: AskedSpan): Promise<void> {
  switch (asked.kind) {
    case "whole":
      return await sendBytes(response, file, { start: 0, end: file.bytes });
    case "part":
      response
        .status(206)
        .set("Content-Range", `bytes ${asked.span.start}-${asked.span.end - 1}/${file.bytes}`);
      return await sendBytes(response, file, asked.span);
    case "beyond":
      response.set("Content-Range", `bytes */${file.bytes}`);
      return refuseInText(
        response,
        416,
        `The file has ${file.bytes} bytes: it ends before what was asked for.`,
      );
  }
}

/** The media type of what a browser may show by itself; undefined for all else. */
function shownType(name: Buffer, head: Buffer): string | undefined {
  const content = contentOf(name, head);
  if (content.kind === "image") return content.type;
  return content.kind === "text" && isPassive(name, head) ? "text/plain; charset=utf-8" : undefined;
}

/** The part of a file that a request asks for. */
type AskedSpan =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly span: ByteSpan }
  /** The file ends before. */
  | { readonly kind: "beyond" };

/** A version of a file: equal for two answers only where the bytes are. */
interface FileVersion {
  /** A strong `ETag` (RFC 9110, 8.8.3). */
  readonly tag: string;
  /** Seconds, as HTTP dates have no fractions. */
  readonly modified: string;
}

/** The version of an opened file: another inode, size or time of change is another one. Throws what the file system throws. */
async function versionOf({ handle }: OpenedFile): Promise<FileVersion> {
  const { ino, size, ctimeNs, mtime } = await handle.stat({ bigint: true });
  const tag = [ino, size, ctimeNs].map((part) => part.toString(36)).join("-");
  return { tag: `"${tag}"`, modified: mtime.toUTCString() };
}

/**
 * The span asked for by `Range`, unless `If-Range` names another version (RFC 9110, 13.1.5 and 14.2). Several ranges at once
 * are answered with the whole, as is what cannot be read. A date in `If-Range` is no strong validator, and gives the whole too.
 */
function askedSpan(request: Request, bytes: number, { tag }: FileVersion): AskedSpan {
  const condition = request.get("If-Range");
  if (request.method !== "GET" || (condition !== undefined && condition !== tag)) return { kind: "whole" };
  const ranges = request.range(bytes);
  if (ranges === -1) return { kind: "beyond" };
  const [range] = Array.isArray(ranges) && ranges.type === "bytes" && ranges.length === 1 ? ranges : [];
  return range === undefined
    ? { kind: "whole" }
    : { kind: "part", span: { start: range.start, end: range.end + 1 } };
}
