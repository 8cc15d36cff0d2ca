import fs from "node:fs";
import path from "node:path";
import { fileClockMs } from "../../disk/durable.ts";
import { isThere } from "../../disk/error-code.ts";
import { recordAtEnd } from "../../job/build-record.ts";
import { childName, describeSpreadEnd, type EndedChild, outcomeOfSpread } from "../../job/spread.ts";
import type { Action, SpreadStep } from "../../plan/action.ts";
import {
  type ChildNote,
  type ChildPlace,
  createChildNote,
  readChildNote,
  writeChildNote,
} from "../../queue/attempts/child-notes.ts";
import { identityOf } from "../../queue/intake/arrival.ts";
import { moveJob } from "../../queue/move.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { makeRequest, removeRequest, requestedBy } from "../../queue/requests.ts";
import { removeHiddenChildren } from "../../queue/submit/copy-child.ts";
import { AWAITED, type Context, DONE, type Performed, refused, UNFINISHED } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import type { ObservedSpread } from "../spreads.ts";
import { account } from "./account.ts";
import { CHANGED, claimFolder, isAsAdmitted, returnToQueue } from "./claim.ts";
import { checkRoom } from "./copy-in.ts";
import { killIntent } from "./end-run.ts";
import { freeNameOf } from "./naming.ts";
import { prepareFolder } from "./spawn.ts";

/** Claims a job that runs on all workers. Its launch names the workers: whatever comes, no others get a child of it. */
export async function spread(
  context: Context,
  { name, workers }: Extract<Action, { kind: "spread" }>,
  runs: readonly ObservedRun[],
): Promise<Performed> {
  const given = () => ({ version: 2 as const, processors: 0, spread: workers });
  const claimed = await claimFolder(context, name, runs, given);
  if (claimed.kind !== "claimed") return claimed;
  context.log.info("job is put on all workers", { job: name, workers: workers.join(", ") });
  return DONE;
}

/** Takes the next step with such a job. */
export async function tendSpread(context: Context, name: string, step: SpreadStep): Promise<Performed> {
  const found = spreadNamed(context, name);
  context.tenure.confirm();
  switch (step) {
    case "verify":
      return verifySpread(context, found);
    case "abandon":
      context.attempts.remove(found.attempt);
      context.log.info("claim forgotten: the folder is not in QM_Jobs", { job: name });
      return DONE;
    case "make_child":
      return makeChild(context, found);
    case "kill_children":
      return killChildren(context, found);
  }
}

/** Puts the decision to end such a job on disk; its children are asked to end in the next pass. */
export function endSpread(context: Context, name: string, by: string | undefined): Performed {
  const { attempt, jobFolder, folderPresent } = spreadNamed(context, name);
  const intent = killIntent(by ?? requestedBy(jobFolder, JOB_REQUESTS.kill));
  context.attempts.recordEnd(attempt, intent);
  if (folderPresent) removeRequest(jobFolder, JOB_REQUESTS.kill);
  context.log.info("ending job on all workers", { job: name, by: intent.by });
  return DONE;
}

/** Accounts for such a job, with the worst of its children's ends. */
export async function finishSpread(
  context: Context,
  name: string,
  children: readonly EndedChild[],
): Promise<Performed> {
  const found = spreadNamed(context, name);
  const { launch, attempt, port } = found;
  const { layout, childCopies } = context;
  // One that was not put into the queue never ran.
  for (const at of found.children.keys())
    await childCopies.drop(childCopies.placeOf(layout, launch.runId, at));
  await removeHiddenChildren(layout, launch.runId);
  context.tenure.confirm();
  const outcome = outcomeOfSpread(children, launch.info.timeLimitSeconds);
  const facts = { startedAtMs: launch.claimedAtMs, endedAtMs: fileClockMs(attempt.folder) };
  const record = { ...recordAtEnd(launch, outcome, facts, port.place), reason: describeSpreadEnd(children) };
  return await account(context, found, record, "finished");
}

function spreadNamed({ spreads }: Context, name: string): ObservedSpread {
  const found = spreads.last.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no job ${name} on all workers was observed in this pass`);
  return found;
}

function verifySpread(context: Context, found: ObservedSpread): Performed {
  const isSame = isAsAdmitted(context, found);
  if (isSame !== false) return isSame === undefined ? UNFINISHED : DONE;
  const returned = returnToQueue(context, found, CHANGED);
  return returned.kind === "refused" ? returned : UNFINISHED;
}

// One after the other: what is copied at the same time waits for the same disk.
function makeChild(context: Context, found: ObservedSpread): Performed {
  const { layout, childCopies } = context;
  const { launch, attempt, name } = found;
  const at = found.children.findIndex((child) => child.name === undefined);
  const worker = found.children[at]?.worker ?? "";
  const place: ChildPlace = { folder: attempt.folder, at };
  const known = readChildNote(place);
  if (known !== undefined) return land(context, found, place, known);
  const to = childCopies.placeOf(layout, launch.runId, at);
  const copy = childCopies.stateOf(to);
  if (copy === undefined) {
    prepareFolder(context, found);
    const childOf = { name, runId: launch.runId, worker };
    childCopies.begin({
      layout,
      from: found.jobFolder,
      to,
      childOf,
      room: (bytes) => checkRoom(context, bytes),
    });
  }
  if (copy === undefined || copy.kind === "goes_on") return AWAITED;
  childCopies.forget(to);
  if (copy.kind === "failed") return refused(`it cannot be copied for ${worker}: ${copy.why}`);
  const wanted = freeNameOf(context, childName(name, worker), path.basename(to));
  const note = {
    version: 1 as const,
    name: wanted,
    copy: path.basename(to),
    identity: identityOf(fs.lstatSync(to)),
  };
  // From here on the copy is the child: none is made in its place, wherever it is found.
  createChildNote(place, note);
  return land(context, found, place, note);
}

/** Puts a whole copy into the queue under the name that is noted. */
function land(context: Context, found: ObservedSpread, place: ChildPlace, note: ChildNote): Performed {
  const { layout, queue, log } = context;
  const moved = moveJob(path.join(layout.queue, note.copy), layout.queue, note.name);
  if (moved.kind === "refused") return refused(moved.why);
  // Somebody has put something of that name there meanwhile.
  if (moved.name !== note.name) writeChildNote(place, { ...note, name: moved.name });
  queue.lookAtRenamed(moved.name);
  const worker = found.children[place.at]?.worker ?? "";
  log.info("job put on a worker", { job: moved.name, of: found.name, worker });
  return DONE;
}

function killChildren(context: Context, { children, end }: ObservedSpread): Performed {
  const { layout, queue } = context;
  const by = end?.by ?? "somebody";
  for (const { name, isUntroubled } of children) {
    if (name === undefined || !isUntroubled) continue;
    const folder = [layout.running, layout.queue].map((stage) => path.join(stage, name)).find(isThere);
    if (folder !== undefined) makeRequest(folder, JOB_REQUESTS.kill, by);
    queue.noteChange(name);
  }
  // The looks at their folders show it.
  return AWAITED;
}
