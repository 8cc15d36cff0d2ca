import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../disk/durable.ts";
import { mountPointOf, networkFileSystem } from "../disk/file-system.ts";
import { readRegularText } from "../disk/safe-read.ts";
import { parseJson } from "../text/parse-json.ts";
import { tryOr } from "../text/try-or.ts";
import { makeFolder } from "./tree-setup.ts";

const knownSchema = z.object({
  version: z.number(),
  folder: z.string(),
  id: z.string(),
  /** The mount point that it lies below. */
  mount: z.string().exactOptional(),
  /** By which the folder that it lies in is told from one made anew under the same name. */
  parent: z.string().exactOptional(),
});

type KnownQueue = z.infer<typeof knownSchema>;

const MAX_BYTES = 65_536;

/**
 * The id of the queue that this machine remembers at a path, on a disk of its own: where the folder is empty, its mount is away.
 * Undefined where it remembers none, where that was deleted with the folder that it lay in, or nothing can be remembered.
 */
export function rememberedId(folder: string): string | undefined {
  const file = knownFile(folder);
  const known = file === undefined ? undefined : parseJson(knownSchema, readRegularText(file, MAX_BYTES));
  return known === undefined || wasDeleted(known) ? undefined : known.id;
}

// As where somebody has unpacked or cloned everything anew: on the same mount, which is not away then.
function wasDeleted({ folder, mount, parent }: KnownQueue): boolean {
  return tryOr(() => {
    const around = path.dirname(folder);
    const isMounted =
      mountPointOf(fs.realpathSync(around)) === mount && networkFileSystem(around) === undefined;
    return isMounted && parent !== undefined && identityOf(around) !== parent;
  }, false);
}

function placeOf(folder: string): Pick<KnownQueue, "mount" | "parent"> {
  return tryOr(
    () => ({ mount: mountPointOf(fs.realpathSync(folder)), parent: identityOf(path.dirname(folder)) }),
    {},
  );
}

// The number of an inode is soon given out again.
function identityOf(folder: string): string {
  const { ino, birthtimeMs } = fs.statSync(folder);
  return `${ino} ${birthtimeMs}`;
}

/** Remembers the queue at a path. Never throws: a machine that cannot write it down is as one that sees the queue for the first time. */
export function rememberQueue(folder: string, id: string): void {
  const file = knownFile(folder);
  if (file === undefined) return;
  const known: KnownQueue = { version: 1, folder, id, ...placeOf(folder) };
  tryOr(() => {
    makeFolder(path.dirname(file));
    writeFileDurably(file, `${JSON.stringify(known)}\n`, 0o600);
  }, undefined);
}

/** The file of a queue on this machine, one for each, so that two that start at once forget neither; undefined for a user without a home. */
function knownFile(folder: string): string | undefined {
  const state = stateFolder();
  const name = crypto.createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return path.isAbsolute(state) ? path.join(state, "queuemanager", "queues", `${name}.json`) : undefined;
}

/** This machine's folder for what programs remember, by the XDG base directories; for root the system's own place. "" without a home. */
export function stateFolder(): string {
  const given = process.env["XDG_STATE_HOME"] ?? "";
  if (path.isAbsolute(given)) return given;
  if (process.geteuid?.() === 0) return "/var/lib";
  const home = tryOr(() => os.homedir(), "");
  return path.isAbsolute(home) ? path.join(home, ".local", "state") : "";
}
