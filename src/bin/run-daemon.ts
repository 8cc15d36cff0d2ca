import type { DaemonOrder } from "../cli/services.ts";
import { Daemon } from "../daemon/daemon.ts";
import { createLog } from "../daemon/log.ts";
import { layoutOf } from "../folders/layout.ts";
import { createFolders } from "../folders/tree-setup.ts";

/** Runs the daemon in this process until it is stopped. Throws `QmError`. */
export async function runDaemon({ loaded, load, foreground, onHangUp, onOpen }: DaemonOrder): Promise<void> {
  const { config } = loaded;
  const layout = layoutOf(config.qmFolder);
  createFolders(layout);
  const log = createLog({ file: layout.log, ...config.log, verbose: config.debug, stderr: foreground });
  let daemon: Daemon | undefined;
  let isReloadDue = false;
  // From the first moment: unheard, the signal ends a process.
  if (onHangUp === "reload")
    process.on("SIGHUP", () => {
      isReloadDue = daemon === undefined;
      daemon?.reload();
    });
  try {
    daemon = await Daemon.open({ loaded, load, log });
    const leave = () => daemon?.stop("leave");
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, leave);
    if (onHangUp === "leave") process.on("SIGHUP", leave);
    if (isReloadDue) daemon.reload();
    onOpen?.();
    await daemon.run();
  } finally {
    log.close();
  }
}
