import fs from "node:fs";
import type { Queue } from "../../app/queue.ts";
import { reasonForProcessors } from "../../config/config.ts";
import { escapeControls } from "../../text/escape.ts";
import { tryOr } from "../../text/try-or.ts";
import { noteOtherValues, openExistingQueue, openQueue, reloadBeside, reloadOf } from "../open-queue.ts";
import { PageChild } from "../page-child.ts";
import type { ManagerOrder } from "../services.ts";
import { type AddVerb, commandName, type Session } from "../session.ts";
import { note, styleFor, writeLines } from "../terminal/output.ts";

interface TakingOptions {
  readonly takeOver?: boolean;
}

const TAKE_OVER = [
  "--take-over",
  "take the queue from the manager of another machine that is not heard of",
] as const;

/** `qm start`: the manager in the foreground and the page beside it, with a greeting that says what to do next. */
export const addStart: AddVerb = (program, bind) => {
  program
    .command("start")
    .description("start the manager and the page in the foreground (Ctrl-C stops them; running jobs go on)")
    .option(...TAKE_OVER)
    .action(bind(start));
};

async function start(session: Session, { takeOver = false }: TakingOptions): Promise<void> {
  const queue = openQueue(session);
  const page = new PageChild(session, (line) => writeLines(session.io.stderr, [line]));
  try {
    await manage(session, queue, {
      foreground: true,
      takeOver,
      meaningOfHangUp: () => (session.io.stderr.isTTY && !hasTerminal() ? "leave" : "reload"),
      onOpen: () => {
        greet(session, queue);
        page.start();
      },
    });
  } finally {
    page.stop();
  }
}

async function manage(session: Session, queue: Queue, order: Omit<ManagerOrder, "loaded" | "load">) {
  const { loaded } = queue;
  noteOtherValues(session, queue);
  if (order.takeOver) note(session.io, "listening for half a minute whether the old manager is heard of");
  await session.services.runManager({ ...order, loaded, load: reloadOf(session, loaded) });
}

/** True while the terminal is there in which this process was started. */
function hasTerminal(): boolean {
  const open = () => fs.openSync("/dev/tty", fs.constants.O_RDWR | fs.constants.O_NOCTTY);
  return tryOr(() => fs.closeSync(open()) === undefined, false);
}

function greet(session: Session, { loaded, config, layout }: Queue): void {
  const { io } = session;
  const qm = commandName(session);
  const { bold, yellow } = styleFor(io.stderr, io.env);
  const shown = (text: string) => escapeControls(text);
  const reason = reasonForProcessors(loaded);
  const asRoot = process.getuid?.() === 0;
  writeLines(io.stderr, [
    bold(`QueueManager looks after ${shown(config.qmFolder)}`),
    `  configuration:  ${loaded.file === undefined ? `none, all values are defaults (\`${qm} init\` writes a file)` : shown(loaded.file)}`,
    `  processors:     ${config.worker.processors}${reason === undefined ? "" : ` (${reason})`}`,
    `  next:           copy a job folder into ${shown(layout.queue)}`,
    `                  or run \`${qm} submit FOLDER\` in another terminal; \`${qm} status\` shows the queue`,
    `  to stop:        Ctrl-C or \`${qm} stop\`; running jobs go on and are taken over at the next start`,
    ...(asRoot ? [yellow("  warning:        started as root, so every job runs as root too")] : []),
    ...loaded.warnings.map(({ key, wrong, right }) =>
      yellow(`  warning:        ${shown(`${key ?? "configuration"} ${wrong}; ${right}`)}`),
    ),
    "",
  ]);
}

/** `qm daemon`: the manager alone, for a service; stays in the foreground and logs to stderr too. */
export const addDaemon: AddVerb = (program, bind) => {
  program
    .command("daemon")
    .description("run the manager for a service: in the foreground, without a greeting")
    .option("-q, --quiet", "write the log to its file only")
    .option(...TAKE_OVER)
    .action(bind(daemon));
};

async function daemon(
  session: Session,
  { quiet, takeOver = false }: TakingOptions & { readonly quiet?: boolean },
): Promise<void> {
  await manage(session, openQueue(session), {
    foreground: quiet !== true,
    meaningOfHangUp: () => "reload",
    takeOver,
  });
}

/** `qm web`: the page alone, in the foreground; it needs no manager and does nothing to the queue by itself. */
export const addWeb: AddVerb = (program, bind) => {
  program
    .command("web")
    .description("serve the page alone (`qm start` serves it beside the manager)")
    .action(bind(web));
};

async function web(session: Session): Promise<void> {
  const { io, services } = session;
  const { loaded } = openExistingQueue(session);
  await services.runPage({
    loaded,
    load: reloadBeside(session, loaded),
    onReady: (url) => writeLines(io.stderr, [`the page: ${url}`]),
    onTrouble: (text) => note(io, text),
  });
}
