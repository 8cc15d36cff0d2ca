#!/usr/bin/env node
import path from "node:path";
import { runCli } from "../cli/run.ts";
import type { Services } from "../cli/services.ts";
import { processIo } from "../cli/terminal/process-io.ts";
import { findProgram } from "../worker/find-program.ts";
import { isNodeFirst } from "../worker/first-process.ts";
import { pinningSupport } from "../worker/pinning.ts";
import { liveness } from "./liveness.ts";

const root = path.resolve(import.meta.dirname, "../..");

const mails = async () => (await import("./mail-service.ts")).mailService;

// The manager, the page and the mails are loaded only by the verbs that need them: a look at the status is to be quick.
const services: Services = {
  runManager: async (order) => await (await import("./run-manager.ts")).runManager(order),
  runPage: async (order) => await (await import("./run-page.ts")).runPage(order, root),
  listMails: async (outbox) => await (await mails()).listMails(outbox),
  dropMails: async (outbox, ids) => await (await mails()).dropMails(outbox, ids),
  sendTestMail: async (...test) => await (await mails()).sendTestMail(...test),
  ...liveness,
  pinningSupport,
  isNodeFirst,
  findProgram,
  installation: { node: process.execPath, script: import.meta.filename, root },
};

process.exitCode = await runCli(process.argv.slice(2), services, processIo());
