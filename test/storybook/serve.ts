import { parseArgs } from "node:util";
import { serveStorybook } from "./server.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "8001" } } });
const { url } = await serveStorybook(Number(values.port));
process.stdout.write(`the storybook: ${url}\n`);
