/** What a service runs, as absolute paths. */
export interface ServiceOrder {
  readonly words: readonly string[];
  readonly folder: string;
  readonly queue: string;
  /** Who runs the manager and so every job. */
  readonly user: string;
}

/**
 * A systemd unit. `KillMode=process`: stopping or upgrading the manager leaves running jobs alone; the next start
 * takes them over. `TasksMax`: all jobs count as the service's tasks.
 */
export function systemdUnit({ words, folder, queue, user }: ServiceOrder): string {
  return `# Save as /etc/systemd/system/queuemanager.service, look at User, then:
#   systemctl daemon-reload && systemctl enable --now queuemanager
[Unit]
Description=QueueManager of ${escapePercent(queue)}
After=network-online.target remote-fs.target
Wants=network-online.target
RequiresMountsFor=${quote(queue)}

[Service]
Type=exec
# Every job runs as this user; never root.
User=${escapePercent(user)}
WorkingDirectory=${escapePercent(folder)}
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

/** A launchd property list; `AbandonProcessGroup` leaves running jobs alone, as above. */
export function launchdPlist({ words, folder, queue }: ServiceOrder): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- QueueManager of ${escapeXml(queue).replaceAll("--", "- -")}.
     Save as ~/Library/LaunchAgents/queuemanager.plist, then: launchctl load ~/Library/LaunchAgents/queuemanager.plist -->
<plist version="1.0">
<dict>
  <key>Label</key><string>queuemanager</string>
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    <string>${escapeXml(word)}</string>`).join("\n")}
  </array>
  <key>WorkingDirectory</key><string>${escapeXml(folder)}</string>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>AbandonProcessGroup</key><true/>
</dict>
</plist>
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

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
