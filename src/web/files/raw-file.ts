import type { Request, Response } from "express";
import type { OpenedFile } from "../../disk/job-files.ts";
import { readHead } from "../../disk/read-opened.ts";
import type { Layout } from "../../queue/layout.ts";
import { type AskedFile, askedFile, fileAddress } from "./asked-file.ts";
import { type AskedSpan, askedSpan, versionOf } from "./asked-span.ts";
import { contentOf, HEAD_BYTES, isPassive } from "./content.ts";
import { contentDisposition } from "./name-text.ts";
import { sendBytes, setFileHeaders } from "./send-bytes.ts";

/** Answers with the bytes of a file of a job, such that no browser takes them for a page of this server. */
export async function sendRawFile(layout: Layout, request: Request, response: Response): Promise<void> {
  setFileHeaders(response);
  const asked = await askedFile(layout, request);
  if (asked.kind === "none") return refuse(response, asked.status, asked.why);
  const opened = await asked.place.folder.open(asked.segments).finally(() => asked.place.folder.close());
  switch (opened.kind) {
    case "absent":
      return refuse(response, 404, "There is no such file.");
    case "refused":
      return refuse(response, 403, `It ${opened.why}.`);
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
      return refuse(response, 416, `The file has ${file.bytes} bytes: it ends before what was asked for.`);
  }
}

/** The media type of what a browser may show by itself; undefined for all else. */
function shownType(name: Buffer, head: Buffer): string | undefined {
  const content = contentOf(name, head);
  if (content.kind === "image") return content.type;
  return content.kind === "text" && isPassive(name, head) ? "text/plain; charset=utf-8" : undefined;
}

function refuse(response: Response, status: number, why: string): void {
  response.status(status).type("text/plain").send(`${why}\n`);
}
