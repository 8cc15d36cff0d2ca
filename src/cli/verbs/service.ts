import { Argument } from "commander";
import { userName } from "../../queue/access.ts";
import { launchdPlist, systemdUnit } from "../service-units.ts";
import { openQueue } from "../session.ts";
import { note } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/** `qm service`: prints what starts the manager with the machine, with the absolute paths of this installation. */
export const addService: AddVerb = (program, bind) => {
  program
    .command("service")
    .description("print a unit that starts the manager with the machine")
    .addArgument(new Argument("[kind]", "of which system").choices(["systemd", "launchd"]))
    .action(
      bind(async (session, kind: string | undefined) => {
        const { io, services } = session;
        const { loaded, config } = openQueue(session);
        const { node, script } = services.installation;
        const named = loaded.file === undefined ? [] : ["--config", loaded.file];
        const order = {
          words: [node, script, ...named, "start"],
          folder: io.cwd,
          queue: config.qmFolder,
          user: serviceUser(),
        };
        const chosen = kind ?? (process.platform === "darwin" ? "launchd" : "systemd");
        io.stdout.write(chosen === "launchd" ? launchdPlist(order) : systemdUnit(order));
        if (loaded.file === undefined)
          note(io, `no configuration file: the queue is ${config.qmFolder}; \`qm init\` writes one`);
        return 0;
      }),
    );
};

function serviceUser(): string {
  return process.getuid?.() === 0 ? "CHANGE_ME" : userName();
}
