import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { renderStory, VIEWS } from "./render.ts";
import { STORIES } from "./stories.ts";

const MORPH = path.resolve(VIEWS, "../node_modules/idiomorph/dist/idiomorph.esm.js");
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
};

/**
 * Serves the storybook on this machine alone: `/` lists the stories, `/stories/NAME` shows one.
 * @param clock the time that the stories are told at, in milliseconds since 1970
 */
export async function serveStorybook(
  port: number,
  clock = Date.now,
): Promise<{ url: string; close: () => void }> {
  const server = http.createServer((request, response) => {
    answer(request.url ?? "/", response, clock()).catch((error: unknown) => {
      response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" }).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", resolve);
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(address: string, response: http.ServerResponse, nowMs: number): Promise<void> {
  const { pathname } = new URL(address, "http://localhost");
  if (pathname === "/") return send(response, "text/html; charset=utf-8", index());
  if (pathname.startsWith("/static/")) return sendStatic(pathname, response);
  // A stream that never says anything: what is shown never changes.
  if (pathname === "/events" || pathname.endsWith("/log/stream")) return openStream(response);
  const story = STORIES.find(({ name }) => pathname === `/stories/${name}`);
  if (story !== undefined) return send(response, "text/html; charset=utf-8", await renderStory(story, nowMs));
  response.writeHead(404, { "Content-Type": "text/plain" }).end("The storybook leads nowhere else.\n");
}

function sendStatic(pathname: string, response: http.ServerResponse): void {
  const file =
    pathname === "/static/idiomorph.js" ? MORPH : path.join(VIEWS, "static", path.basename(pathname));
  const type = TYPES[path.extname(file)];
  if (type !== undefined && fs.existsSync(file)) send(response, type, fs.readFileSync(file));
  else response.writeHead(404).end();
}

function openStream(response: http.ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(": nothing ever changes here\n\n");
}

function send(response: http.ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" }).end(body);
}

function index(): string {
  const items = STORIES.map(({ name }) => `<li><a href="/stories/${name}">${name}</a></li>`).join("\n");
  const head = `<meta charset="utf-8"><title>Storybook</title><link rel="stylesheet" href="/static/qm.css">`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head><body><main><h1>Storybook</h1><ul>\n${items}\n</ul></main></body></html>\n`;
}
