import type { DaemonOrder } from "../cli/services.ts";
import { createLog } from "../manager/log.ts";
import { Daemon } from "../manager/manager.ts";
import { layoutOf } from "../queue/layout.ts";
import { createFolders } from "../queue/tree-setup.ts";
import { startersOpenFiles } from "../worker/open-file-limit.ts";

/** Runs the daemon in this process until it is stopped. Throws `QmError`. */
export async function runDaemon({
  loaded,
  load,
  foreground,
  meaningOfHangUp,
  onOpen,
}: DaemonOrder): Promise<void> {
  // While whoever started this process is there to be asked.
  startersOpenFiles();
  const { config } = loaded;
  const layout = layoutOf(config.qmFolder);
  createFolders(layout);
  const log = createLog({ file: layout.log, ...config.log, verbose: config.debug, stderr: foreground });
  let daemon: Daemon | undefined;
  let hangUp: ReturnType<typeof meaningOfHangUp> | undefined;
  // From the first moment: unheard, the signal ends a process.
  process.on("SIGHUP", () => {
    hangUp = meaningOfHangUp();
    if (daemon !== undefined) obey(daemon, hangUp);
  });
  try {
    daemon = await Daemon.open({ loaded, load, log });
    const leave = () => daemon?.stop("leave");
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, leave);
    if (hangUp !== undefined) obey(daemon, hangUp);
    onOpen?.();
    await daemon.run();
  } finally {
    log.close();
  }
}

function obey(daemon: Daemon, hangUp: "reload" | "leave"): void {
  if (hangUp === "reload") daemon.reload();
  else daemon.stop("leave");
}
