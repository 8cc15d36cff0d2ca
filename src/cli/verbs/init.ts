import fs from "node:fs";
import path from "node:path";
import { CONFIG_FILE, loadConfig } from "../../config/load.ts";
import { errorCode } from "../../disk/error-code.ts";
import { makeQueue } from "../../queue/first-start.ts";
import { layoutOf } from "../../queue/layout.ts";
import { makeFolder, whyNoFolder } from "../../queue/tree-setup.ts";
import { QmError } from "../../text/errors.ts";
import { quoteForShell } from "../../text/escape.ts";
import { ProblemsError } from "../../text/problem.ts";
import { type AddVerb, commandName, type Session } from "../session.ts";
import { note, writeLines } from "../terminal/output.ts";

/**
 * `qm init [DIR]`: a commented `QMserv.cfg` in DIR (this folder unless given) and the queue's folders in `DIR/QM`.
 * Whatever is there already stays as it is; with a `QMserv.cfg` there, the folders are those that it names. `--config FILE` names
 * the file instead.
 */
export const addInit: AddVerb = (program, bind) => {
  program
    .command("init")
    .description("make a queue: its folders and a commented QMserv.cfg; overwrites nothing")
    .argument("[dir]", "where, this folder unless given")
    .action(bind(init));
};

async function init(session: Session, dir: string | undefined): Promise<void> {
  const { io } = session;
  const file = fileToWrite(session, dir);
  const folder = path.dirname(file);
  const isNew = writeConfig(session, folder, file);
  const loaded = loadConfig({ explicit: file, env: io.env, cwd: folder, mayLackVariables: true });
  if (loaded.kind === "problems")
    throw new ProblemsError("the configuration that is there already is wrong", loaded.problems);
  const layout = layoutOf(loaded.value.config.qmFolder);
  makeQueue(layout);
  writeLines(io.stdout, [layout.root]);
  note(io, isNew ? `written: ${file}` : `${file} is there already and stays as it is`);
  note(io, `the queue's folders are in ${layout.root}`);
  const isFound = file === path.join(io.cwd, CONFIG_FILE) && (io.env["QM_CONFIG"] ?? "") === "";
  const config = isFound ? "" : ` --config ${quoteForShell(file)}`;
  note(io, `next: \`${commandName(session)} start${config}\`, then copy job folders into ${layout.queue}`);
}

function fileToWrite({ io, configFile }: Session, dir: string | undefined): string {
  if (configFile === undefined) return path.resolve(io.cwd, dir ?? ".", CONFIG_FILE);
  if (dir === undefined) return path.resolve(io.cwd, configFile);
  throw new QmError("usage", `--config ${configFile} and the folder ${dir} cannot go together`, {
    mend: "give one of them: --config names the configuration, a folder is where one is written",
  });
}

function writeConfig({ services }: Session, folder: string, file: string): boolean {
  const example = fs.readFileSync(path.join(services.installation.root, "QMserv.cfg.example"), "utf8");
  try {
    makeFolder(folder);
    fs.writeFileSync(file, example.replace(/^#(QM_FOLDER = \.\/QM)$/m, "$1"), { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" && fs.statSync(folder).isDirectory()) return false;
    throw new QmError("failed", `the configuration cannot be written (${whyNoFolder(error)})`, {
      path: file,
      mend: "choose a folder that you may write in",
      cause: error,
    });
  }
}
