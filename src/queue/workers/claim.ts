import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { createFile, syncFolder } from "../../disk/durable.ts";
import { errorCode, ifThere, isNoRoom } from "../../disk/error-code.ts";
import { syncAll } from "../../disk/file-batch.ts";
import { readFresh } from "../../disk/safe-read.ts";
import { parseJson } from "../../text/parse-json.ts";
import { JOB_FILES } from "../layout.ts";

const PREFIX = "claim.";
const MAX_BYTES = 4096;

const claimSchema = z.object({
  version: z.literal(1),
  /** Random, and on the disk of the worker that has made it before this file is. */
  id: z.string(),
  machineId: z.string(),
  bootId: z.string(),
});

/** The mark in a job's folder of the worker that is about to start it: of two that see the same folder one starts it. */
export type Claim = z.infer<typeof claimSchema>;

/** A claim that is there. */
export interface FoundClaim {
  /** `claim.<worker>.<run id>`. */
  readonly name: string;
  /** Undefined where it cannot be understood. */
  readonly claim: Claim | undefined;
}

/** The name of a worker's claim on an attempt. */
export function claimName(worker: string, runId: string): string {
  return `${PREFIX}${worker}.${runId}`;
}

/**
 * Makes a claim, durably, unless one of that name is there, whose it may be the caller's to see. Throws what the file system throws.
 */
export async function makeClaim(jobFolder: string, name: string, claim: Claim): Promise<void> {
  const folder = path.join(jobFolder, JOB_FILES.recordFolder);
  const file = path.join(folder, name);
  // Torn it would keep even its own maker out: it gets its name whole.
  const aside = path.join(folder, `.${name}.${claim.id}`);
  fs.rmSync(aside, { force: true });
  try {
    createFile(aside, JSON.stringify(claim), 0o644);
    await syncAll([aside]);
    nameExclusively(aside, file, claim);
  } finally {
    fs.rmSync(aside, { force: true });
  }
  await syncAll([file]);
  syncFolder(folder);
}

function nameExclusively(aside: string, file: string, claim: Claim): void {
  try {
    fs.linkSync(aside, file);
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (WITHOUT_LINKS.has(code)) createInPlace(file, claim);
    else if (code !== "EEXIST") throw error;
  }
}

/** The answers of file systems that have no hard links. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

function createInPlace(file: string, claim: Claim): void {
  try {
    createFile(file, JSON.stringify(claim), 0o644);
  } catch (error) {
    if (isNoRoom(error)) fs.rmSync(file, { force: true });
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** All claims in a job's folder, by listing it. Throws what the file system throws. */
export function readClaims(jobFolder: string): FoundClaim[] {
  const folder = path.join(jobFolder, JOB_FILES.recordFolder);
  return claimNames(folder).map((name) => ({
    name,
    claim: parseJson(claimSchema, readFresh(path.join(folder, name), MAX_BYTES) ?? ""),
  }));
}

/** Removes one claim, and what was to become it, unless they are gone. Throws what the file system throws. */
export function removeClaim(jobFolder: string, name: string): void {
  removeNamed(jobFolder, (each) => each === name || each.startsWith(`.${name}.`));
}

/** Removes all claims from the folder of a job of which nothing lives any more. Throws what the file system throws. */
export function removeClaims(jobFolder: string): void {
  removeNamed(jobFolder, (each) => each.startsWith(PREFIX) || each.startsWith(`.${PREFIX}`));
}

function removeNamed(jobFolder: string, isOne: (name: string) => boolean): void {
  const folder = path.join(jobFolder, JOB_FILES.recordFolder);
  for (const name of namesIn(folder).filter(isOne)) ifThere(() => fs.unlinkSync(path.join(folder, name)));
}

function claimNames(folder: string): string[] {
  return namesIn(folder).filter((name) => name.startsWith(PREFIX));
}

function namesIn(folder: string): string[] {
  return ifThere(() => fs.readdirSync(folder)) ?? [];
}
