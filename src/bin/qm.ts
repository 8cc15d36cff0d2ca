#!/usr/bin/env node
import path from "node:path";
import { processIo } from "../cli/process-io.ts";
import { runCli } from "../cli/run.ts";
import type { DaemonOrder, Services } from "../cli/services.ts";
import { Daemon } from "../daemon/daemon.ts";
import { createLog } from "../daemon/log.ts";
import { layoutOf } from "../folders/layout.ts";
import { createFolders } from "../folders/tree-setup.ts";
import { findProgram } from "../process/find-program.ts";
import { isAlive } from "../process/identity.ts";
import { pinningSupport } from "../process/pinning.ts";

const services: Services = {
  runDaemon,
  isAlive,
  pinningSupport,
  findProgram,
  installation: {
    node: process.execPath,
    script: import.meta.filename,
    root: path.resolve(import.meta.dirname, "../.."),
  },
};

process.exitCode = await runCli(process.argv.slice(2), services, processIo());

async function runDaemon({ loaded, load, foreground }: DaemonOrder): Promise<void> {
  const { config } = loaded;
  const layout = layoutOf(config.qmFolder);
  createFolders(layout);
  const log = createLog({ file: layout.log, ...config.log, verbose: config.debug, stderr: foreground });
  try {
    const daemon = await Daemon.open({ loaded, load, log });
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => daemon.stop("leave"));
    process.on("SIGHUP", () => daemon.reload());
    await daemon.run();
  } finally {
    log.close();
  }
}
