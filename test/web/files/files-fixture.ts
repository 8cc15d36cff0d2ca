import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import ejs from "ejs";
import express from "express";
import type { Pace } from "../../../src/web/files/send-bytes.ts";
import { inTurn } from "../../../src/web/guard/headers.ts";
import { type FilesContext, filesRouter } from "../../../src/web/routes/files.ts";
import { zipRouter } from "../../../src/web/routes/zip.ts";
import { QueueFolder } from "../../support/queue-folder.ts";
import { afterTest } from "../../support/tidy-up.ts";

const VIEWS = path.join(import.meta.dirname, "../../../views");

/** A whole answer, as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** A queue with the addresses of its files, served by a server of their own. */
export class ServedFiles extends QueueFolder {
  readonly #server: http.Server;

  private constructor(pace: Pace | undefined) {
    super();
    const context = { layout: this.layout, render };
    this.#server = http.createServer(express().use(inTurn, filesRouter(context), zipRouter(context, pace)));
  }

  /** Ended after the test. Listens everywhere, so that clients can come from several addresses. */
  static async start(settings: { readonly pace?: Pace } = {}): Promise<ServedFiles> {
    const served = new ServedFiles(settings.pace);
    afterTest(() => served.close());
    await new Promise<void>((resolve) => {
      served.#server.listen(0, "0.0.0.0", resolve);
    });
    return served;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Asks for exactly this path, which nobody tidies up on the way. */
  get(address: string, method = "GET", headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.ask(address, method, { headers });
      request.on("error", reject).on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve(answerOf(response, Buffer.concat(chunks))));
      });
    });
  }

  /** As {@link get}, for a test that reads the answer itself, goes away or comes from another of this machine's addresses. */
  ask(address: string, method = "GET", options: http.RequestOptions = {}): http.ClientRequest {
    const { port } = this;
    const where = { host: "127.0.0.1", localAddress: "127.0.0.1", port, path: address, method, agent: false };
    return http.request({ ...where, ...options }).end();
  }

  override async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await super.close();
  }
}

const render: FilesContext["render"] = (response, view, model) => {
  const filename = path.join(VIEWS, `${view}.ejs`);
  // Without what all pages share, which has links of its own.
  const includer = (name: string, file: string) =>
    /(?:head|foot)$/.test(name) ? { template: `<!-- ${name} -->` } : { filename: file };
  response.type("html").send(ejs.render(fs.readFileSync(filename, "utf8"), model, { filename, includer }));
};

function answerOf(response: http.IncomingMessage, body: Buffer): Answer {
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body, text: body.toString("utf8") };
}
