import { type Request, type Response, Router } from "express";
import { type OpenedFile, readHead } from "../../disk/job-files.ts";
import type { Layout } from "../../queue/layout.ts";
import type { WebContext } from "../context.ts";
import { refuseInText } from "../errors.ts";
import { type AskedFile, askedFile, fileAddress } from "../files/asked-file.ts";
import { contentOf, HEAD_BYTES, isPassive } from "../files/content.ts";
import { fileView, folderView, messageView } from "../files/file-view.ts";
import { contentDisposition } from "../files/name-text.ts";
import { sendBytes, setFileHeaders } from "../files/send-bytes.ts";

/** The parts of the page that the addresses of files need. */
export type FilesContext = Pick<WebContext, "layout" | "render">;

/** A page and the template it is made from. */
interface Page {
  readonly view: "file" | "folder";
  readonly status: number;
  readonly model: { readonly title: string };
}

/** So much of a text stands on its page. */
const SHOWN_BYTES = 512 * 1024;

/** The files of a job: as bytes under `/raw/STAGE/JOB/PATH`, as pages under `/view/STAGE/JOB/PATH`. */
export function filesRouter({ layout, render }: FilesContext): Router {
  // The paths are not parameters: names are bytes, which Express would decode as text.
  const router = Router({ caseSensitive: true });
  router.get(/^\/raw\//, (request, response) => sendRawFile(layout, request, response));
  router.get(/^\/view\//, async (request: Request, response: Response) => {
    const { view, status, model } = await pageFor(layout, request);
    response.status(status);
    render(response, view, model);
  });
  return router;
}

async function pageFor(layout: Layout, request: Request): Promise<Page> {
  const asked = await askedFile(layout, request);
  if (asked.kind === "none") return { view: "file", status: asked.status, model: messageView(asked.why) };
  const { opened } = asked;
  switch (opened.kind) {
    case "absent":
      return { view: "file", status: 404, model: messageView("There is no such file.", asked) };
    case "refused":
      return { view: "file", status: 403, model: messageView(`It is not shown: it ${opened.why}.`, asked) };
    case "folder":
      return { view: "folder", status: 200, model: folderView(asked, opened, Date.now()) };
    case "file": {
      await using file = opened;
      const head = await readHead(file, SHOWN_BYTES);
      const content = contentOf(asked.name, head.subarray(0, HEAD_BYTES));
      return { view: "file", status: 200, model: fileView(asked, file, content, head, Date.now()) };
    }
  }
}

/** Answers with the bytes of a file of a job, such that no browser takes them for a page of this server. */
async function sendRawFile(layout: Layout, request: Request, response: Response): Promise<void> {
  setFileHeaders(response);
  const asked = await askedFile(layout, request);
  if (asked.kind === "none") return refuseInText(response, asked.status, asked.why);
  const { opened } = asked;
  switch (opened.kind) {
    case "absent":
      return refuseInText(response, 404, "There is no such file.");
    case "refused":
      return refuseInText(response, 403, `It ${opened.why}.`);
    case "folder":
      return response.redirect(fileAddress("view", asked.place, asked.segments));
    case "file": {
      await using file = opened;
      await sendOpened(request, response, asked, file);
    }
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
  const { tag, modified } = await versionOf(file);
  response.set({ "Accept-Ranges": "bytes", ETag: tag, "Last-Modified": modified });
  if (request.method === "HEAD") response.set("Content-Length", String(file.bytes)).end();
  else await sendAsked(request, response, file, tag);
}

/**
 * Sends the span asked for by `Range`, unless `If-Range` names another version (RFC 9110, 13.1.5 and 14.2): a download that
 * broke off goes on where it ended. Several ranges at once are answered with the whole, as is what cannot be read. A date in
 * `If-Range` is no strong validator, and gives the whole too.
 */
async function sendAsked(request: Request, response: Response, file: OpenedFile, tag: string): Promise<void> {
  const { bytes } = file;
  const ranges = (request.get("If-Range") ?? tag) === tag ? request.range(bytes) : undefined;
  if (ranges === -1) {
    response.set("Content-Range", `bytes */${bytes}`);
    return refuseInText(response, 416, `The file has ${bytes} bytes: it ends before what was asked for.`);
  }
  const [range] = Array.isArray(ranges) && ranges.type === "bytes" && ranges.length === 1 ? ranges : [];
  if (range === undefined) return await sendBytes(response, file, { start: 0, end: bytes });
  response.status(206).set("Content-Range", `bytes ${range.start}-${range.end}/${bytes}`);
  await sendBytes(response, file, { start: range.start, end: range.end + 1 });
}

/** The media type of what a browser may show by itself; undefined for all else. */
function shownType(name: Buffer, head: Buffer): string | undefined {
  const content = contentOf(name, head);
  if (content.kind === "image") return content.type;
  return content.kind === "text" && isPassive(name, head) ? "text/plain; charset=utf-8" : undefined;
}

/**
 * The version of an opened file, equal for two answers only where the bytes are: a strong `ETag` (RFC 9110, 8.8.3) of its inode,
 * size and time of change; and its time in seconds, as HTTP dates have no fractions. Throws what the file system throws.
 */
async function versionOf({ handle }: OpenedFile) {
  const { ino, size, ctimeNs, mtime } = await handle.stat({ bigint: true });
  const tag = [ino, size, ctimeNs].map((part) => part.toString(36)).join("-");
  return { tag: `"${tag}"`, modified: mtime.toUTCString() };
}
