import fs from "node:fs";
import path from "node:path";
import { isIgnoredName } from "../job/names.ts";
import { type Layout, SHELVES, type Shelf } from "../queue/layout.ts";
import { tryOr } from "../text/try-or.ts";

/** A job as it was found: the folder it lies in is its state. */
export interface FoundJob {
  readonly name: string;
  readonly shelf: Shelf;
  /** Absolute. */
  readonly folder: string;
}

/** Whether a job lies where ended jobs lie. */
export function hasEnded({ shelf }: Pick<FoundJob, "shelf">): boolean {
  return shelf === "finished" || shelf === "lost";
}

/** The job of exactly this name; undefined where there is none. Never lists a folder: names come from strangers. */
export function jobNamed(
  layout: Layout,
  name: string,
  shelves: readonly Shelf[] = SHELVES,
): FoundJob | undefined {
  if (name === "" || /[/\0]/.test(name) || isIgnoredName(name)) return undefined;
  // A job may move on between two looks, so that the first misses it.
  return lookAt(layout, name, shelves) ?? lookAt(layout, name, shelves);
}

function lookAt(layout: Layout, name: string, shelves: readonly Shelf[]): FoundJob | undefined {
  for (const shelf of shelves) {
    const folder = path.join(layout[shelf], name);
    if (isFolder(folder)) return { name, shelf, folder };
  }
  return undefined;
}

function isFolder(folder: string): boolean {
  // A name longer than the system allows is no job's name either.
  return tryOr(() => fs.lstatSync(folder).isDirectory(), false);
}
