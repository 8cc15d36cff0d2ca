import path from "node:path";
import { roomOn } from "../../disk/error-code.ts";
import { mayRenameIn, userName } from "../../queue/access.ts";
import type { CopyEnd, MadeCopy } from "../../queue/intake/copy-in.ts";
import { landCopy } from "../../queue/intake/land-copy.ts";
import { formatBytes } from "../../text/quantity.ts";
import { type Context, DONE, type Performed, refused, UNFINISHED } from "../context.ts";
import { letIn } from "./admit.ts";
import { freeNameOf } from "./naming.ts";

/** Has a whole folder that cannot be moved copied in, beside the passes; once that is done, lets the copy in in its place. */
export async function copyIn(context: Context, name: string): Promise<Performed> {
  const { queue, copyIns } = context;
  const original = queue.pathOf(name);
  const fingerprint = queue.surveyOf(name)?.fingerprint;
  if (original === undefined || fingerprint === undefined) return DONE;
  const end = copyIns.endOf(name);
  if (end?.kind === "made") return await land(context, name, original, end);
  if (end?.kind === "failed") return tellFailure(context, name, end);
  if (!mayRenameIn(context.layout.queue, original))
    return refused(
      `the manager (user ${userName()}) may neither move it nor put it aside, as QM_qJobs is sticky: copy it with ` +
        "`qm submit`, or take the sticky bit away (chmod -t)",
    );
  const place = context.admissions.placeOf(name) ?? 0;
  copyIns.begin({ name, original, fingerprint, place, room: (bytes) => checkRoom(context, bytes) });
  return UNFINISHED;
}

/** Throws where so many bytes would not leave the room that is kept free. */
export function checkRoom({ layout, config }: Context, bytes: number): void {
  const { freeBytes } = roomOn(layout.queue);
  const kept = config().minFreeDiskBytes;
  if (freeBytes - bytes >= kept) return;
  const keptToo = kept === 0 ? "" : `, and ${formatBytes(kept)} are kept free (Min_Free_Disk)`;
  throw new Error(`needs ${formatBytes(bytes)}, the disk has ${formatBytes(freeBytes)} free${keptToo}`);
}

function tellFailure(
  { copyIns }: Context,
  name: string,
  end: Extract<CopyEnd, { kind: "failed" }>,
): Performed {
  // If only a change helps, a change has it dropped.
  if (!end.lasts) copyIns.forget(name);
  return refused(`the manager (user ${userName()}) may not move it, and cannot copy it in: ${end.why}`);
}

async function land(
  context: Context,
  name: string,
  original: string | Buffer,
  copy: MadeCopy,
): Promise<Performed> {
  const { layout, copyIns, queue, log } = context;
  const landing = landCopy(layout, copy, original, freeNameOf(context, name));
  if (landing.kind === "halfway") copyIns.noteHalfway(name);
  else if (landing.kind === "refused") copyIns.drop(name);
  if (landing.kind !== "moved") return refused(landing.why);
  copyIns.forget(name);
  queue.lookAtRenamed(landing.name);
  log.info("job copied in, as it could not be moved", {
    job: landing.name,
    original: path.join(layout.queue, copy.aside),
  });
  return await letIn(context, { arrivedAs: name, name: landing.name, survey: copy.survey });
}
