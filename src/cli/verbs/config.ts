import { processorsInForce } from "../../app/other-configuration.ts";
import { type LoadedConfig, processorsKey, type Setting } from "../../config/config.ts";
import { describeProblem } from "../../text/problem.ts";
import { lackingVariables, noteOtherValues, openQueueBeside } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note, type ReadingOptions, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";
import { tableLines } from "../terminal/table.ts";

/**
 * `qm config`: every value in force and where it comes from; passwords are masked. `--json`: `{ version: 1,
 * file?, settings: [{ section, key, value, origin: { kind: "default", because? } | { kind: "environment", variable } | { kind: "file",
 * file, line }, doc }],
 * warnings: [text] }`.
 */
export const addConfig: AddVerb = (program, bind) => {
  program
    .command("config")
    .description("show every setting in force, and where it comes from")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the names of the settings")
    .option("--docs", "explain each setting")
    .action(bind(config));
};

interface ConfigOptions extends ReadingOptions {
  readonly docs?: boolean;
}

async function config(session: Session, options: ConfigOptions): Promise<void> {
  const { io } = session;
  const queue = openQueueBeside(session);
  const { loaded } = queue;
  const inForce = processorsInForce(queue, session.services);
  if (!noteOtherValues(session, queue) && inForce !== queue.config.worker.processors)
    note(
      io,
      `! ${processorsKey(queue.config)} is ${inForce} in the manager, which may use other processors than this command`,
    );
  const { file, settings } = loaded;
  const { isTaken, lines } = lackingVariables(session, queue);
  const warnings = [...loaded.warnings.map(describeProblem), ...(isTaken ? [] : lines)];
  writeAnswer(io, options, {
    json: () => ({ version: 1, file, settings, warnings }),
    names: () => settings.map(({ key }) => key),
    write: () => writeSettings(session, loaded, options.docs === true),
  });
  if (options.json === true) return;
  for (const text of isTaken ? lines : []) note(io, text);
  for (const text of warnings) note(io, `warning: ${text}`);
}

function writeSettings({ io }: Session, { file, settings }: LoadedConfig, withDocs: boolean): void {
  const { bold } = styleFor(io.stdout, io.env);
  note(io, file === undefined ? "no configuration file: all values are defaults" : `configuration: ${file}`);
  const sections = [...new Set(settings.map(({ section }) => section))];
  const lines = sections.flatMap((section) => [
    bold(`[${section}]`),
    ...tableLines(
      settings.filter((setting) => setting.section === section),
      [
        { title: "NAME", of: ({ key }: Setting) => key },
        { title: "VALUE", of: ({ value }: Setting) => value, shrinkTo: 20 },
        { title: "FROM", of: originOf },
        ...(withDocs ? [{ title: "MEANING", of: ({ doc }: Setting) => doc, shrinkTo: 20 }] : []),
      ],
      io.stdout,
    ),
    "",
  ]);
  writeLines(io.stdout, lines.slice(0, -1));
}

function originOf({ origin }: Setting): string {
  if (origin.kind === "environment") return `$${origin.variable}`;
  if (origin.kind === "file") return `line ${origin.line}`;
  return origin.because === undefined ? "default" : `default: ${origin.because}`;
}
