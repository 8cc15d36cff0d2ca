import path from "node:path";
import type { WorkerOrder } from "../cli/services.ts";
import { createLog } from "../disk/log.ts";
import { ownWorker } from "../manager/own-worker.ts";
import { layoutOf } from "../queue/layout.ts";
import { tryOr } from "../text/try-or.ts";
import { openWorker } from "../worker/open-worker.ts";
import { startersOpenFiles } from "../worker/process/open-file-limit.ts";
import { Spawner } from "../worker/process/spawner.ts";

/** Runs a worker in this process until it is stopped. Throws `QmError`. */
export async function runWorker({
  config,
  adoptName,
  untilEmpty,
  program,
  onOpen,
}: WorkerOrder): Promise<void> {
  // While the process that started this one is there to be asked; without a file handle for that the first job asks.
  tryOr(startersOpenFiles, undefined);
  const spawner = new Spawner();
  const { localState, health } = config.worker;
  const settings = { ...config.log, verbose: config.debug, stderr: true };
  try {
    const opened = await openWorker({
      layout: layoutOf(config.qmFolder),
      offer: ownWorker(config),
      jobEnvironment: config.jobEnvironment,
      pollSeconds: config.pollSeconds,
      health,
      localState,
      adoptName,
      untilEmpty,
      spawnShim: spawner.spawn,
      program,
      openLog: (folder) => createLog({ file: path.join(folder, "worker.log"), ...settings }),
    });
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
      process.on(signal, () => opened.loop.stop("leave"));
    onOpen(opened.name, opened.folder);
    await opened.loop.run().finally(opened.close);
  } finally {
    spawner.close();
  }
}
