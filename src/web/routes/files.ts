import { type Request, type Response, Router } from "express";
import { readHead } from "../../disk/job-files.ts";
import type { WebContext } from "../context.ts";
import { type AskedFile, askedFile } from "../files/asked-file.ts";
import { contentOf, HEAD_BYTES } from "../files/content.ts";
import { type FileView, type FolderView, fileView, folderView, messageView } from "../files/file-view.ts";
import { sendRawFile } from "../files/raw-file.ts";

/** What the addresses of files need of the page. */
export type FilesContext = Pick<WebContext, "layout" | "render">;

/** A page and the template it is made from. */
type Page =
  | { readonly view: "file"; readonly status: number; readonly model: FileView }
  | { readonly view: "folder"; readonly status: 200; readonly model: FolderView };

/** So much of a text stands on its page. */
const SHOWN_BYTES = 512 * 1024;

/** The files of a job: as bytes under `/raw/SHELF/JOB/PATH`, as pages under `/view/SHELF/JOB/PATH`. */
export function filesRouter({ layout, render }: FilesContext): Router {
  // The paths are not parameters: names are bytes, which Express would decode as text.
  const router = Router({ caseSensitive: true });
  router.get(/^\/raw\//, (request, response) => sendRawFile(layout, request, response));
  router.get(/^\/view\//, async (request: Request, response: Response) => {
    const { view, status, model } = await pageFor(layout, request);
    response.status(status);
    render(response, view, { ...model });
  });
  return router;
}

async function pageFor(layout: FilesContext["layout"], request: Request): Promise<Page> {
  const asked = await askedFile(layout, request);
  if (asked.kind === "none") return { view: "file", status: asked.status, model: messageView(asked.why) };
  try {
    return await pageOf(asked);
  } finally {
    await asked.place.folder.close();
  }
}

async function pageOf(asked: AskedFile): Promise<Page> {
  const opened = await asked.place.folder.open(asked.segments);
  switch (opened.kind) {
    case "absent":
      return { view: "file", status: 404, model: messageView("There is no such file.", asked) };
    case "refused":
      return { view: "file", status: 403, model: messageView(`It is not shown: it ${opened.why}.`, asked) };
    case "folder":
      return { view: "folder", status: 200, model: folderView(asked, opened, Date.now()) };
    case "file":
      try {
        const head = await readHead(opened, SHOWN_BYTES);
        const content = contentOf(asked.name, head.subarray(0, HEAD_BYTES));
        return { view: "file", status: 200, model: fileView(asked, opened, content, head, Date.now()) };
      } finally {
        await opened.handle.close();
      }
  }
}
