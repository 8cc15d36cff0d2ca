import { noteOtherValues } from "../existing-queue.ts";
import { openQueue, reloadOf } from "../session.ts";
import type { AddVerb } from "../verb.ts";

/** `qm daemon`: the manager alone, for a service; stays in the foreground and logs to stderr too. */
export const addDaemon: AddVerb = (program, bind) => {
  program
    .command("daemon")
    .description("run the manager for a service: in the foreground, without a greeting")
    .option("-q, --quiet", "write the log to its file only")
    .action(
      bind(async (session, options: { readonly quiet?: boolean }) => {
        const queue = openQueue(session);
        const { loaded } = queue;
        noteOtherValues(session, queue);
        const load = reloadOf(session, loaded);
        await session.services.runManager({
          loaded,
          load,
          foreground: options.quiet !== true,
          meaningOfHangUp: () => "reload",
        });
        return 0;
      }),
    );
};
