#!/usr/bin/env node
import path from "node:path";
import { runCli } from "../cli/run.ts";
import type { Services } from "../cli/services.ts";
import { processIo } from "../cli/terminal/process-io.ts";
import { findProgram } from "../worker/process/find-program.ts";
import { isNodeFirst } from "../worker/process/first-process.ts";
import { pinningSupport } from "../worker/process/pinning.ts";
import { liveness } from "./liveness.ts";

const root = path.resolve(import.meta.dirname, "../..");

// The manager, the page and the mails are loaded only by the verbs that need them: a look at the status is to be quick.
const services: Services = {
  runManager: async (order) => await (await import("./run-manager.ts")).runManager(order),
  runWorker: async (order) => await (await import("./run-worker.ts")).runWorker(order),
  runPage: async (order) => await (await import("./run-page.ts")).runPage(order, root),
  mails: async () => ({
    ...(await import("../mail/stored-letter.ts")),
    ...(await import("../mail/test-mail.ts")),
  }),
  ...liveness,
  pinningSupport,
  isNodeFirst,
  findProgram,
  installation: { node: process.execPath, script: import.meta.filename, root },
};

process.exitCode = await runCli(process.argv.slice(2), services, processIo());
