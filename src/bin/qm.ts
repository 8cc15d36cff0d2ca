#!/usr/bin/env node
import { loadConfig } from "../config/load.ts";
import { layoutOf } from "../folders/layout.ts";
import { createFolders } from "../folders/tree-setup.ts";
import { Daemon } from "../daemon/daemon.ts";
import { createLog } from "../daemon/log.ts";

const load = () => loadConfig({ env: process.env, cwd: process.cwd() });
const loaded = load();
if (loaded.kind === "problems") throw new Error(JSON.stringify(loaded.problems));
const layout = layoutOf(loaded.value.config.qmFolder);
createFolders(layout);
const log = createLog({ file: layout.log, ...loaded.value.config.log, verbose: true, stderr: true });
const daemon = await Daemon.open({ loaded: loaded.value, load, log });
process.on("SIGTERM", () => daemon.stop("leave"));
process.on("SIGINT", () => daemon.stop("leave"));
process.on("SIGHUP", () => daemon.reload());
await daemon.run();
