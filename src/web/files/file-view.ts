import type { FoundJob } from "../../app/find-job.ts";
import type { OpenedFile } from "../../disk/job-files.ts";
import type { Listing } from "../../disk/tree.ts";
import { type Layout, STAGE_FOLDERS } from "../../queue/layout.ts";
import { escapeControls } from "../../text/escape.ts";
import { formatBytes } from "../../text/quantity.ts";
import { jobLink } from "../view/links.ts";
import { timeView } from "../view/time-view.ts";
import { type AskedFile, fileAddress } from "./asked-file.ts";
import type { Content } from "./content.ts";
import { openInside, openJobPlace } from "./job-place.ts";
import { nameText } from "./name-text.ts";

/** The page of a folder. */
export function folderView(asked: AskedFile, { entries, more }: Listing, nowMs: number) {
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
) {
  const rawHref = fileAddress("raw", asked.place, asked.segments);
  const file = {
    size: formatBytes(bytes),
    modified: timeView(mtimeMs, nowMs),
    rawHref,
    downloadHref: `${rawHref}?download`,
  };
  const page = { ...whereabouts(asked), file };
  if (content.kind !== "text") return { ...page, content: { kind: content.kind } };
  const shown = { shown: formatBytes(head.length), isWhole: head.length >= bytes };
  return { ...page, content: { kind: content.kind, text: plainText(head), ...shown } };
}

/** The page of something that cannot be shown. */
export function messageView(text: string, asked?: AskedFile) {
  const where =
    asked === undefined ? { title: "Not found · QueueManager", name: "", crumbs: [] } : whereabouts(asked);
  return { ...where, content: { kind: "message", text } };
}

function whereabouts({ place, segments, name }: AskedFile) {
  const folders = [place.name, ...segments.slice(0, -1)].slice(0, segments.length);
  const crumbs = folders.map((folder, depth) => ({
    text: escapeControls(nameText(folder)),
    href: fileAddress("view", place, segments.slice(0, depth)),
  }));
  const text = escapeControls(nameText(name));
  return {
    title: `${text} · ${STAGE_FOLDERS[place.stage]} · QueueManager`,
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

const SHOWN = 30;

/** The first of what lies in a job's folder; nothing where the folder has gone meanwhile. */
export async function listJob(layout: Layout, { name, stage }: FoundJob, nowMs: number) {
  const place = await openJobPlace(layout, [stage], Buffer.from(name));
  if (place === undefined) return { entries: [], more: 0 };
  const opened = await openInside(place, []);
  if (opened.kind !== "folder") return { entries: [], more: 0 };
  const { entries, more } = folderView({ place, segments: [], name: place.name }, opened, nowMs);
  return { entries: entries.slice(0, SHOWN), more: more + Math.max(0, entries.length - SHOWN) };
}
