import { Argument } from "commander";
import type { LoadedConfig } from "../../config/config.ts";
import { userName } from "../../queue/access.ts";
import { openQueue } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note } from "../terminal/output.ts";

/** `qm service`: prints what starts the manager with the machine, with the absolute paths of this installation. */
export const addService: AddVerb = (program, bind) => {
  program
    .command("service")
    .description("print a unit that starts the manager with the machine")
    .addArgument(new Argument("[kind]", "of which system").choices(["systemd"]))
    .action(bind(service));
};

async function service(session: Session): Promise<void> {
  const { loaded, config } = openQueue(session);
  session.io.stdout.write(systemdUnit(session, loaded));
  if (loaded.file === undefined)
    note(session.io, `no configuration file: the queue is ${config.qmFolder}; \`qm init\` writes one`);
}

/**
 * A systemd unit. `KillMode=process`: stopping or upgrading the manager leaves running jobs alone; the next start
 * takes them over. `TasksMax`: all jobs count as the service's tasks.
 */
function systemdUnit({ io, services }: Session, { file, config }: LoadedConfig): string {
  const { node, script } = services.installation;
  const words = [node, script, ...(file === undefined ? [] : ["--config", file]), "start"];
  const user = process.getuid?.() === 0 ? "CHANGE_ME" : userName();
  return `# Save as /etc/systemd/system/queuemanager.service, look at User, then:
#   systemctl daemon-reload && systemctl enable --now queuemanager
[Unit]
Description=QueueManager of ${escapePercent(config.qmFolder)}
After=network-online.target remote-fs.target
Wants=network-online.target
RequiresMountsFor=${quote(config.qmFolder)}

[Service]
Type=exec
# Every job runs as this user; never root.
User=${escapePercent(user)}
WorkingDirectory=${escapePercent(io.cwd)}
# What jobs write can be changed and deleted by the group.
UMask=0002
# Manager and page; \`daemon\` for \`start\` is the manager alone.
ExecStart=${words.map(quoteExec).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
# Running jobs live on when the manager stops; the next start takes them over.
KillMode=process
# All processes of all jobs count here.
TasksMax=infinity
# Open files of a job, and how far it and the manager may raise that.
LimitNOFILE=1024:65536

[Install]
WantedBy=multi-user.target
`;
}

function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}

// systemd.syntax(7): quotes, backslashes and % have meanings; in ExecStart a $ has one too.
function quote(word: string): string {
  return `"${escapePercent(word).replaceAll(/["\\]/g, "\\$&")}"`;
}

function quoteExec(word: string): string {
  const escaped = quote(word).replaceAll("$", "$$$$");
  return /^"[\w./=:@+,-]+"$/.test(escaped) ? escaped.slice(1, -1) : escaped;
}
