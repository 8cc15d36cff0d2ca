import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { codeOrText } from "../../disk/error-code.ts";
import { networkFileSystem } from "../../disk/file-system.ts";
import { nameOfHandle } from "../../disk/held-folder.ts";
import { openFile } from "../../disk/open-file.ts";
import { synchroniserOf } from "../../disk/synchroniser.ts";
import { type Finding, failure, fine } from "./finding.ts";

const SUBJECT = "second look";

/** Renames something on a network mount and looks for it through another handle. Nothing is tried elsewhere. */
export function checkSecondLook(folder: string): Finding[] {
  if (networkFileSystem(folder) === undefined) return [];
  const trial = path.join(folder, `.qm-trial-${crypto.randomUUID()}`);
  const renamed = `${trial}-renamed`;
  try {
    using held = openFile(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    fs.mkdirSync(trial);
    fs.renameSync(trial, renamed);
    const names = fs.readdirSync(nameOfHandle(held.handle));
    if (names.includes(path.basename(renamed)) && !names.includes(path.basename(trial)))
      return [fine(SUBJECT, "a rename is seen at once through a handle that was open before")];
    return [
      failure(SUBJECT, `a rename in ${folder} is not seen through a handle that was open before`, MEND),
    ];
  } catch (error) {
    return [
      failure(SUBJECT, `nothing can be renamed and seen again in ${folder} (${codeOrText(error)})`, MEND),
    ];
  } finally {
    for (const left of [trial, renamed]) fs.rmSync(left, { recursive: true, force: true });
  }
}

const MEND = "mount it by NFS, SMB or sshfs, without options that cache more than they do by default";

/** Finds that a folder, or one above it, is kept equal on several machines by copies. */
export function checkSynchronised(folder: string): Finding[] {
  const found = synchroniserOf(folder);
  return found === undefined ? [] : [synchronised(found.folder, found.name)];
}

function synchronised(folder: string, name: string): Finding {
  const text = `${name} keeps ${folder} equal on several machines: job folders that were moved may come back, and then run again`;
  return failure("synchronised folder", text, `choose a QM_FOLDER that ${name} leaves alone`);
}
