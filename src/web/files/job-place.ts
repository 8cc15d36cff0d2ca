import path from "node:path";
import { isPlainName } from "../../disk/held-folder.ts";
import { type JobFolder, type Opened, openJobFolder } from "../../disk/job-files.ts";
import { isIgnoredName } from "../../job/names.ts";
import type { Layout, Stage } from "../../queue/layout.ts";
import { nameText } from "./name-text.ts";

/** A job's folder, open, and where it lies. */
export interface JobPlace {
  readonly stage: Stage;
  /** The name of its folder, in bytes. */
  readonly name: Buffer;
  /** To be closed by the caller. */
  readonly folder: JobFolder;
}

/**
 * Opens the folder of a job in the first of the given folders that has one of this name. A name that is shown as
 * text, as its bytes are no UTF-8, is known again by that text.
 */
export async function openJobPlace(
  layout: Layout,
  stages: readonly Stage[],
  name: Buffer,
): Promise<JobPlace | undefined> {
  for (const stage of stages) {
    for (const spelling of spellingsOf(name)) {
      const place = await openPlace(layout, stage, spelling);
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

/** Opens something inside a job's folder, or the folder itself, and closes the place. */
export async function openInside({ folder }: JobPlace, segments: readonly Buffer[]): Promise<Opened> {
  return await folder.open(segments).finally(() => folder.close());
}

function spellingsOf(name: Buffer): Buffer[] {
  const text = nameText(name);
  const latin1 = Buffer.from(text, "latin1");
  return !latin1.equals(name) && nameText(latin1) === text ? [name, latin1] : [name];
}

async function openPlace(layout: Layout, stage: Stage, name: Buffer): Promise<JobPlace | undefined> {
  if (!isPlainName(name) || isIgnoredName(nameText(name))) return undefined;
  const folder = Buffer.concat([Buffer.from(layout[stage] + path.sep), name]);
  const opened = await openJobFolder(folder);
  return opened === undefined ? undefined : { stage, name, folder: opened };
}
