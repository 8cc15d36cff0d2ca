import fs from "node:fs";
import type { Command } from "commander";
import { quoteForShell } from "../text/escape.ts";
import type { Services } from "./services.ts";
import type { Io } from "./terminal/output.ts";

/** One invocation of the program. */
export interface Session {
  readonly io: Io;
  readonly services: Services;
  /** The value of `--config`. */
  readonly configFile: string | undefined;
  /** The words of the command line, as they were given. */
  readonly argv: readonly string[];
}

/** The command line that runs a verb of this very program with the session's configuration. */
export function ownCommand({ services, configFile }: Session, ...words: string[]) {
  const { node, script } = services.installation;
  return [node, [script, ...(configFile === undefined ? [] : ["--config", configFile]), ...words]] as const;
}

/** The words by which a shell in the session's folder calls this very program: `qm` only where its PATH leads here. */
export function commandName({ io, services }: Session): string {
  const { script, root } = services.installation;
  const found = services.findProgram("qm", io.env["PATH"] ?? "");
  if (found !== undefined && fs.realpathSync(found) === script) return "qm";
  return io.cwd === root ? "npx qm" : quoteForShell(script);
}

/** The action of a verb; its number is the exit code, nothing stands for 0. */
type Verb<Args extends readonly unknown[]> = (
  session: Session,
  ...args: Args
) => Promise<number> | Promise<void>;

/** Turns a verb into what commander calls once it has read the arguments. */
export type Bind = <Args extends readonly unknown[]>(verb: Verb<Args>) => (...args: Args) => Promise<void>;

/** Adds a verb with its arguments, options and help to the program. */
export type AddVerb = (program: Command, bind: Bind) => void;
