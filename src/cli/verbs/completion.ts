import { Argument } from "commander";
import { completionScript, SHELLS } from "../completion-scripts.ts";
import type { AddVerb } from "../verb.ts";

/** `qm completion SHELL`: a script that completes verbs, options and names of jobs. */
export const addCompletion: AddVerb = (program, bind) => {
  program
    .command("completion")
    .description("print a completion script for a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .action(
      bind(async ({ io }, shell: (typeof SHELLS)[number]) => {
        const verbs = program.commands.map((command) => ({
          name: command.name(),
          description: command.description(),
          options: [...command.options.flatMap(({ long }) => long ?? []), "--config", "--help"],
        }));
        io.stdout.write(completionScript(shell, verbs));
        return 0;
      }),
    );
};
