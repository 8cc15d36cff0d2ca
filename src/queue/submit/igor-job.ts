import path from "node:path";
import { readRegularFile } from "../../disk/safe-read.ts";
import { igorJobOf, withValue } from "../../formats/igor.ts";
import { infoTextAsUtf8 } from "../../formats/info-text.ts";
import { meaningOf } from "../../formats/job-file.ts";
import { MAX_INFO_BYTES } from "../info-bytes.ts";
import { jobNameOfFile } from "../intake/job-file.ts";

/** A file of Igor's: a job that is to do, with its name and text, or why it is left where it is, as a sentence. */
export type IgorFile = { readonly name: string; readonly text: string } | { readonly left: string };

/** Reads a file of a folder of Igor's. Never throws. */
export function readIgorFile(folder: string, file: string): IgorFile {
  const read = readRegularFile(path.join(folder, file), MAX_INFO_BYTES);
  if (read.kind !== "read") return { left: read.kind === "absent" ? "it has vanished" : `it ${read.why}` };
  const meaning = meaningOf(read.bytes, file);
  const name = jobNameOfFile(file);
  if (meaning.kind === "broken" || meaning.kind === "not_to_do") return { left: meaning.why };
  if (meaning.kind === "other" || name === undefined) return { left: "it is no job" };
  return { name, text: infoTextAsUtf8(read.bytes, file) };
}

/** The things that a job of Igor's has from its server, not from its own file. */
export interface IgorServer {
  /** Absolute: the folder that a relative `WorkingDirectory` counts from. */
  readonly base: string;
  /** `Worker` was meant to bind, as `filterByName` says. */
  readonly bindsToWorker: boolean;
}

/** The text of a job as it means the same in a folder of its own, away from its server. */
export function withoutServer(text: string, { base, bindsToWorker }: IgorServer): string {
  const { WorkingDirectory: written, Worker: worker } = igorJobOf(text) ?? {};
  const folder = path.resolve(base, typeof written === "string" ? written : ".");
  // A value of a wrong type is refused as it is.
  const isFaulty = typeof (written ?? "") !== "string";
  const placed = isFaulty ? text : withValue(text, ["Job", "WorkingDirectory"], folder);
  const binds = bindsToWorker && typeof worker === "string" && worker !== "";
  return binds ? withValue(placed, ["worker"], worker) : placed;
}
