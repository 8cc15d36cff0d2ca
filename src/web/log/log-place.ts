import { jobNamed } from "../../app/find-job.ts";
import type { Layout } from "../../queue/layout.ts";

/** A place in a log. */
export interface LogPlace {
  /** From the log's start. */
  readonly byte: number;
  /** Device and inode of the log meant; without it, whichever log is there. */
  readonly identity?: string;
}

/** A place as it stands in an address and as an event's id: `12345`, or with the log it is in, `12345@2049:77`. */
export function placeText({ byte, identity }: LogPlace): string {
  return identity === undefined ? String(byte) : `${byte}@${identity}`;
}

/** Reads what `placeText` wrote; undefined for any other text. */
export function parsePlace(text: string): LogPlace | undefined {
  const [, byte, identity] = /^(\d{1,15})(?:@(\d{1,20}:\d{1,20}))?$/.exec(text) ?? [];
  if (byte === undefined) return undefined;
  return identity === undefined ? { byte: Number(byte) } : { byte: Number(byte), identity };
}

/** The folder of a log, which may still grow. */
export interface LogSource {
  /** The job's folder, absolute; none while there is no log to be read. */
  readonly folder: string | undefined;
  /** True while the job waits or runs. */
  readonly isLive: boolean;
}

/** The log of a job's present attempt: the folder of a job moves while its log is followed. */
export function locateLog(layout: Layout, name: string): LogSource {
  const job = jobNamed(layout, name);
  if (job === undefined) return { folder: undefined, isLive: false };
  // While it waits its folder may hold the log of an earlier attempt.
  if (job.stage === "queue") return { folder: undefined, isLive: true };
  return { folder: job.folder, isLive: job.stage === "running" };
}
