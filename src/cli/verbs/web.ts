import { escapeControls } from "../../text/escape.ts";
import { openExistingQueue } from "../existing-queue.ts";
import { reloadBeside } from "../session.ts";
import { note, writeLines } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/** `qm web`: the page alone, in the foreground; it needs no manager and does nothing to the queue by itself. */
export const addWeb: AddVerb = (program, bind) => {
  program
    .command("web")
    .description("serve the page alone (`qm start` serves it beside the manager)")
    .action(
      bind(async (session) => {
        const { io, services } = session;
        const { loaded } = openExistingQueue(session);
        await services.runPage({
          loaded,
          load: reloadBeside(session, loaded),
          onReady: (url) => writeLines(io.stderr, [`the page: ${url}`]),
          onTrouble: (text) => note(io, escapeControls(text)),
        });
        return 0;
      }),
    );
};
