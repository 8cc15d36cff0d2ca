import os from "node:os";
import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../disk/durable.ts";
import { readRegularText } from "../disk/safe-read.ts";
import { parseJson } from "../text/parse-json.ts";
import { tryOr } from "../text/try-or.ts";
import { makeFolder } from "./tree-setup.ts";

const knownSchema = z.object({
  version: z.number(),
  queues: z.array(z.object({ folder: z.string(), id: z.string() })),
});

type KnownQueue = z.infer<typeof knownSchema>["queues"][number];

/** More queues than anybody has on one machine; the oldest are forgotten. */
const MAX_QUEUES = 200;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The id of the queue that this machine remembers at a path, on a disk of its own: where the folder is empty, its mount is away.
 * Undefined where it remembers none, or nothing can be remembered.
 */
export function rememberedId(folder: string): string | undefined {
  return knownQueues().find((queue) => queue.folder === folder)?.id;
}

/** Remembers the queue at a path. Never throws: a machine that cannot write it down is as one that sees the queue for the first time. */
export function rememberQueue(folder: string, id: string): void {
  const file = knownFile();
  if (file === undefined) return;
  const others = knownQueues().filter((queue) => queue.folder !== folder);
  const queues = [...others, { folder, id }].slice(-MAX_QUEUES);
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

// As the XDG base directories have it; for root the system's own place.
function stateFolder(): string {
  const given = process.env["XDG_STATE_HOME"] ?? "";
  if (path.isAbsolute(given)) return given;
  if (process.geteuid?.() === 0) return "/var/lib";
  const home = tryOr(() => os.homedir(), "");
  return path.isAbsolute(home) ? path.join(home, ".local", "state") : "";
}
