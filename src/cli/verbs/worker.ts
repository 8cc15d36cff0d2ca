import path from "node:path";
import type { Config } from "../../config/config.ts";
import { loadConfig, surroundingsOf } from "../../config/load.ts";
import type { KeySpec } from "../../config/parser.ts";
import { WORKER_KEYS } from "../../config/schema.ts";
import { QmError } from "../../text/errors.ts";
import { escapeControls } from "../../text/escape.ts";
import { ProblemsError } from "../../text/problem.ts";
import { counted } from "../../text/quantity.ts";
import type { AddVerb, Session } from "../session.ts";
import { note } from "../terminal/output.ts";
import { readVersion } from "../version.ts";

interface WorkerOptions {
  readonly queue?: string;
  readonly name?: string;
  readonly processors?: string;
  readonly maxJobs?: string;
  readonly pools?: string;
  readonly labels?: string;
  readonly onlyNamed?: boolean;
  readonly untilEmpty?: boolean;
  readonly adoptName?: boolean;
}

/**
 * `qm worker`: this machine runs jobs of a queue whose manager is on another one; in the foreground, with its log on stderr. The
 * options come before `[Worker]` of a QMserv.cfg of this machine.
 */
export const addWorker: AddVerb = (program, bind) => {
  program
    .command("worker")
    .description(
      "run jobs of a queue on this machine, whose manager is another one (Ctrl-C stops it; running jobs go on)",
    )
    .option(
      "--queue <dir>",
      "the queue's folder, as it is mounted here (QM_FOLDER of the configuration unless given)",
    )
    .option("--name <name>", "by which jobs can ask for it; the host name unless given")
    .option("--processors <n>", "processors that its jobs together may use; all unless given")
    .option("--max-jobs <n>", "jobs at a time")
    .option("--pools <list>", "the pools that it belongs to: night,big")
    .option("--labels <list>", "what it has: gpu,cuda=12")
    .option("--only-named", "take only jobs that name it")
    .option(
      "--until-empty",
      "stop once nothing runs here and nothing waits that could, held jobs not counted",
    )
    .option("--adopt-name", "take over the name of a machine that was installed anew as this one")
    .action(bind(worker));
};

async function worker(session: Session, options: WorkerOptions): Promise<void> {
  const { services, io } = session;
  const config = configOf(session, options);
  await services.runWorker({
    config,
    adoptName: options.adoptName === true,
    untilEmpty: options.untilEmpty === true,
    program: readVersion(services.installation.root),
    onOpen: (name, folder) => {
      const { processors } = config.worker;
      const shown = escapeControls(config.qmFolder);
      note(
        io,
        `worker ${name} runs jobs of ${shown} on ${counted(processors, "processor")}; its records: ${folder}`,
      );
    },
  });
}

function configOf(session: Session, options: WorkerOptions): Config {
  const { io, configFile: explicit } = session;
  const request = { explicit, env: io.env, cwd: io.cwd };
  const loaded = loadConfig(request);
  if (loaded.kind === "problems") throw new ProblemsError("the configuration is wrong", loaded.problems);
  const { config } = loaded.value;
  const folder = options.queue ?? io.env["QM_FOLDER"];
  const qmFolder = folder === undefined ? config.qmFolder : path.resolve(io.cwd, folder);
  const surroundings = surroundingsOf(request, io.cwd);
  const read = <T>(key: KeySpec<T>, option: string, text: string | undefined, otherwise: T): T => {
    if (text === undefined) return otherwise;
    const parsed = key.parse(text, surroundings);
    if (parsed.kind === "ok") return parsed.value;
    throw new QmError("usage", `${option} is ${text}; it ${parsed.right}`);
  };
  const own = config.worker;
  return {
    ...config,
    qmFolder,
    worker: {
      ...own,
      name: read(WORKER_KEYS.name, "--name", options.name, own.name),
      processors: read(WORKER_KEYS.processors, "--processors", options.processors, own.processors),
      maxJobs: read(WORKER_KEYS.maxJobs, "--max-jobs", options.maxJobs, own.maxJobs),
      pools: read(WORKER_KEYS.pools, "--pools", options.pools, own.pools),
      labels: read(WORKER_KEYS.labels, "--labels", options.labels, own.labels),
      onlyNamed: options.onlyNamed ?? own.onlyNamed,
    },
  };
}
