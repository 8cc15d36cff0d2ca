import type { ManagerOrder } from "../cli/services.ts";
import { createLog } from "../disk/log.ts";
import { Manager } from "../manager/manager.ts";
import { layoutOf } from "../queue/layout.ts";
import { tryOr } from "../text/try-or.ts";
import { startersOpenFiles } from "../worker/process/open-file-limit.ts";
import { Spawner } from "../worker/process/spawner.ts";

/** Runs the manager in this process until it is stopped. Throws `QmError`. */
export async function runManager({
  loaded,
  load,
  foreground,
  meaningOfHangUp,
  onOpen,
  takeOver,
}: ManagerOrder): Promise<void> {
  // While the process that started this one is there to be asked; without a file handle for that the first job asks.
  tryOr(startersOpenFiles, undefined);
  const { config } = loaded;
  const layout = layoutOf(config.qmFolder);
  const log = createLog({ file: layout.log, ...config.log, verbose: config.debug, stderr: foreground });
  const spawner = new Spawner();
  let manager: Manager | undefined;
  let hangUp: ReturnType<typeof meaningOfHangUp> | undefined;
  // From the first moment: unheard, the signal ends a process.
  process.on("SIGHUP", () => {
    hangUp = meaningOfHangUp();
    if (manager !== undefined) obey(manager, hangUp);
  });
  try {
    manager = await Manager.open({
      loaded,
      load,
      log,
      spawnShim: spawner.spawn,
      taking: takeOver ? "from_silent" : "free",
    });
    const leave = () => manager?.stop("leave");
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, leave);
    if (hangUp !== undefined) obey(manager, hangUp);
    onOpen?.();
    await manager.run();
  } finally {
    spawner.close();
    log.close();
  }
}

function obey(manager: Manager, hangUp: "reload" | "leave"): void {
  if (hangUp === "reload") manager.reload();
  else manager.stop("leave");
}
