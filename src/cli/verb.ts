import type { Command } from "commander";
import type { Session } from "./session.ts";

/** The action of a verb; its number is the exit code, nothing stands for 0. */
type Verb<Args extends readonly unknown[]> = (
  session: Session,
  ...args: Args
) => Promise<number> | Promise<void>;

/** Turns a verb into what commander calls once it has read the arguments. */
export type Bind = <Args extends readonly unknown[]>(verb: Verb<Args>) => (...args: Args) => Promise<void>;

/** Adds a verb with its arguments, options and help to the program. */
export type AddVerb = (program: Command, bind: Bind) => void;
