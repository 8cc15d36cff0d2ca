// Runs the built daemon in the foreground: node run-daemon.mjs CONFIG_FILE. QM_TEST_DIST names another build to test.
import path from "node:path";
import { pathToFileURL } from "node:url";

const dist = process.env.QM_TEST_DIST ?? path.join(import.meta.dirname, "../../dist");
const load = (file) => import(pathToFileURL(path.join(dist, file)).href);
const [{ loadConfig }, { layoutOf }, { createFolders }, { createLog }, { Daemon }] = await Promise.all(
  ["config/load.js", "folders/layout.js", "folders/tree-setup.js", "daemon/log.js", "daemon/daemon.js"].map(
    load,
  ),
);

const read = () => loadConfig({ explicit: process.argv[2], env: {}, cwd: process.cwd() });
const loaded = read();
if (loaded.kind === "problems") throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded.value;
const layout = layoutOf(config.qmFolder);
createFolders(layout);
const log = createLog({ file: layout.log, ...config.log, verbose: config.debug, stderr: true });
try {
  const daemon = await Daemon.open({ loaded: loaded.value, load: read, log });
  process.on("SIGTERM", () => daemon.stop("leave"));
  process.on("SIGINT", () => daemon.stop("leave"));
  process.on("SIGHUP", () => daemon.reload());
  await daemon.run();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === "refused" ? 4 : 1;
}
