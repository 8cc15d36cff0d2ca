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
  queues: z.array(
    z.object({
      folder: z.string(),
      id: z.string(),
      /** The mount point that it lies below. */
      mount: z.string().exactOptional(),
      /** By which the folder that it lies in is told from one made anew under the same name. */
      parent: z.string().exactOptional(),
    }),
  ),
});

type KnownQueue = z.infer<typeof knownSchema>["queues"][number];

/** More queues than anybody has on one machine; the oldest are forgotten. */
const MAX_QUEUES = 200;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The id of the queue that this machine remembers at a path, on a disk of its own: where the folder is empty, its mount is away.
 * Undefined where it remembers none, where that was deleted with the folder that it lay in, or nothing can be remembered.
 */
export function rememberedId(folder: string): string | undefined {
  const known = knownQueues().find((queue) => queue.folder === folder);
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
  const file = knownFile();
  if (file === undefined) return;
  const others = knownQueues().filter((queue) => queue.folder !== folder);
  const queues = [...others, { folder, id, ...placeOf(folder) }].slice(-MAX_QUEUES);
  tryOr(() => {
    makeFolder(path.dirname(file));
    writeFileDurably(file, `${JSON.stringify({ version: 1, queues })}\n`, 0o600);
  }, undefined);
}

function knownQueues(): readonly KnownQueue[] {
  const file = knownFile();
  if (file === undefined) return [];
  return parseJson(knownSchema, readRegularText(file, MAX_BYTES))?.queues ?? [];
}

/** The file on this machine; undefined for a user without a home. */
function knownFile(): string | undefined {
  const folder = stateFolder();
  return path.isAbsolute(folder) ? path.join(folder, "queuemanager", "queues.json") : undefined;
}

/** This machine's folder for what programs remember, by the XDG base directories; for root the system's own place. "" without a home. */
export function stateFolder(): string {
  const given = process.env["XDG_STATE_HOME"] ?? "";
  if (path.isAbsolute(given)) return given;
  if (process.geteuid?.() === 0) return "/var/lib";
  const home = tryOr(() => os.homedir(), "");
  return path.isAbsolute(home) ? path.join(home, ".local", "state") : "";
}
