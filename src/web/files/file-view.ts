import type { FoundJob } from "../../app/find-job.ts";
import type { OpenedFile } from "../../disk/job-files.ts";
import type { FolderEntry, Listing } from "../../disk/tree.ts";
import { type Layout, SHELF_FOLDERS } from "../../queue/layout.ts";
import { escapeControls } from "../../text/escape.ts";
import { formatBytes } from "../../text/quantity.ts";
import { jobLink } from "../view/links.ts";
import { type TimeView, timeView } from "../view/time-view.ts";
import { type AskedFile, fileAddress } from "./asked-file.ts";
import type { Content } from "./content.ts";
import { openInside, openJobPlace } from "./job-place.ts";
import { nameText } from "./name-text.ts";

/** One part of the way from the job's folder to where the page is; none leads to the page itself. */
interface Crumb {
  readonly text: string;
  readonly href?: string;
}

/** The way to a file or folder, as both pages show it. */
interface Whereabouts {
  readonly title: string;
  readonly name: string;
  readonly crumbs: readonly Crumb[];
  /** The page of the job; undefined where there is no job. */
  readonly jobHref?: string;
}

/** The model of `file.ejs`. */
export interface FileView extends Whereabouts {
  readonly content:
    | { readonly kind: "text"; readonly text: string; readonly shown: string; readonly isWhole: boolean }
    | { readonly kind: "image"; readonly src: string }
    | { readonly kind: "binary" }
    | { readonly kind: "message"; readonly text: string };
  /** The facts of a file that could be opened. */
  readonly file?: {
    readonly size: string;
    readonly modified: TimeView | undefined;
    readonly rawHref: string;
    readonly downloadHref: string;
  };
}

/** The model of `folder.ejs`. */
export interface FolderView extends Whereabouts {
  readonly entries: readonly {
    readonly name: string;
    readonly type: FolderEntry["type"];
    /** Absent for links and the like, which lead nowhere. */
    readonly href?: string;
    readonly size: string;
    readonly modified: TimeView | undefined;
  }[];
  readonly more: number;
}

/** The page of a folder. */
export function folderView(asked: AskedFile, { entries, more }: Listing, nowMs: number): FolderView {
  const rows = entries.map(({ name, type, bytes, mtimeMs }) => ({
    name: escapeControls(nameText(name)),
    type,
    ...(type === "file" || type === "folder"
      ? { href: fileAddress("view", asked.place, [...asked.segments, name]) }
      : {}),
    size: type === "file" ? formatBytes(bytes) : "",
    modified: timeView(mtimeMs, nowMs),
  }));
  return { ...whereabouts(asked), entries: rows, more };
}

/**
 * The page of a file.
 * @param head its beginning, as much of it as is shown
 */
export function fileView(
  asked: AskedFile,
  { bytes, mtimeMs }: Pick<OpenedFile, "bytes" | "mtimeMs">,
  content: Content,
  head: Buffer,
  nowMs: number,
): FileView {
  const rawHref = fileAddress("raw", asked.place, asked.segments);
  const file = {
    size: formatBytes(bytes),
    modified: timeView(mtimeMs, nowMs),
    rawHref,
    downloadHref: `${rawHref}?download`,
  };
  switch (content.kind) {
    case "image":
      return { ...whereabouts(asked), file, content: { kind: "image", src: rawHref } };
    case "binary":
      return { ...whereabouts(asked), file, content };
    case "text": {
      const isWhole = head.length >= bytes;
      const shown = formatBytes(head.length);
      return {
        ...whereabouts(asked),
        file,
        content: { kind: "text", text: plainText(head), shown, isWhole },
      };
    }
  }
}

/** The page of something that cannot be shown. */
export function messageView(text: string, asked?: AskedFile): FileView {
  const where =
    asked === undefined ? { title: "Not found · QueueManager", name: "", crumbs: [] } : whereabouts(asked);
  return { ...where, content: { kind: "message", text } };
}

function whereabouts({ place, segments, name }: AskedFile): Whereabouts {
  const folders = [place.name, ...segments.slice(0, -1)].slice(0, segments.length);
  const crumbs = folders.map((folder, depth) => ({
    text: escapeControls(nameText(folder)),
    href: fileAddress("view", place, segments.slice(0, depth)),
  }));
  const text = escapeControls(nameText(name));
  return {
    title: `${text} · ${SHELF_FOLDERS[place.shelf]} · QueueManager`,
    name: text,
    crumbs,
    jobHref: jobLink(nameText(place.name)),
  };
}

/** The text of a file as a page can show it: lines and tabs kept, every other control visible. */
function plainText(head: Buffer): string {
  const text = new TextDecoder("utf-8").decode(head, { stream: true });
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  return lines.map((line) => line.split("\t").map(escapeControls).join("\t")).join("\n");
}

/** The entries of a job's folder itself, as its page shows them. */
type JobListing = Pick<FolderView, "entries" | "more">;

const SHOWN = 30;

/** The first of what lies in a job's folder; nothing where the folder has gone meanwhile. */
export async function listJob(layout: Layout, { name, shelf }: FoundJob, nowMs: number): Promise<JobListing> {
  const place = await openJobPlace(layout, [shelf], Buffer.from(name));
  if (place === undefined) return { entries: [], more: 0 };
  const opened = await openInside(place, []);
  if (opened.kind !== "folder") return { entries: [], more: 0 };
  const { entries, more } = folderView({ place, segments: [], name: place.name }, opened, nowMs);
  return { entries: entries.slice(0, SHOWN), more: more + Math.max(0, entries.length - SHOWN) };
}
