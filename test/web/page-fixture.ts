import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import type { Liveness } from "../../src/app/manager-state.ts";
import type { LoadedConfig } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Checked } from "../../src/text/problem.ts";
import { openTokens, type Tokens } from "../../src/web/guard/token.ts";
import { type Page, servePage } from "../../src/web/serve.ts";
import { isAlive } from "../../src/worker/process/identity.ts";
import { LIVELY, Scratch } from "../cli/cli-fixture.ts";
import type { Sections, Settings } from "../support/queue-folder.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** The page's rights, and the rest of its configuration. */
export interface PageSettings {
  readonly licence?: boolean;
  readonly delete?: boolean;
  /** Further values of `[QMServer]`. */
  readonly server?: Settings;
  /** Further values of `[WEB_QMserver]`. */
  readonly web?: Settings;
  /** Tells if the manager that the published status names lives; asked of the system unless given. */
  readonly isAlive?: () => boolean;
}

/** A whole answer, as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** A queue with its page, served by this process. */
export class ServedPage extends Scratch {
  /** Lines that the page wrote into its own log. */
  readonly said: string[] = [];
  #page: Page | undefined;
  readonly #liveness: Liveness;

  private constructor(settings: PageSettings) {
    super();
    this.#liveness = { isAlive: settings.isAlive ?? isAlive };
    this.writeConfig(sectionsOf(settings));
  }

  /** Serves until `close`. */
  static async start(settings: PageSettings = {}): Promise<ServedPage> {
    const served = new ServedPage(settings);
    // A manager has looked after this queue before.
    fs.writeFileSync(served.layout.history, "");
    await served.#serve();
    // The first look at the history is over then: what a test does next is seen by the next.
    await served.get("/stats.csv");
    return served;
  }

  /** Without a slash at its end. */
  get url(): string {
    if (this.#page === undefined) throw new Error("the page is not served");
    return this.#page.url.replace(/\/$/, "");
  }

  get tokens(): Tokens {
    return openTokens(this.layout.apiToken);
  }

  /** The headers with which a program may act. */
  get bearer(): http.OutgoingHttpHeaders {
    return { authorization: `Bearer ${this.tokens.api}` };
  }

  /** The headers that a browser sends along with the page's own forms; their `token` is `tokens.form`. */
  get ownOrigin(): http.OutgoingHttpHeaders {
    return { origin: this.url, "sec-fetch-site": "same-origin" };
  }

  /** Asks for exactly this path, which nobody tidies up on the way. */
  get(address: string, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.send("GET", address, headers);
  }

  /** Posts a form, with no headers but those given. */
  post(
    address: string,
    form: Readonly<Record<string, string>> = {},
    headers: http.OutgoingHttpHeaders = {},
  ): Promise<Answer> {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return this.send("POST", address, { ...type, ...headers }, new URLSearchParams(form).toString());
  }

  /** Sends any request. */
  send(method: string, address: string, headers: http.OutgoingHttpHeaders, body = ""): Promise<Answer> {
    const { port, hostname } = new URL(this.url);
    const length = body === "" ? {} : { "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      http
        .request({ port, hostname, path: address, method, headers: { ...length, ...headers }, agent: false })
        .on("error", reject)
        .on("response", (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
          response.on("end", () => {
            const body = Buffer.concat(chunks);
            const { statusCode: status = 0, headers: told } = response;
            resolve({ status, headers: told, body, text: body.toString("utf8") });
          });
        })
        .end(body);
    });
  }

  /** Ends the page in the midst of things and serves another one over the same queue. */
  async restart(): Promise<void> {
    await this.#page?.close();
    await this.#serve();
  }

  /** Ends the page and removes the folder. */
  override async close(): Promise<void> {
    await this.#page?.close();
    await super.close();
  }

  async #serve(): Promise<void> {
    const load = (): Checked<LoadedConfig> => loadConfig({ explicit: undefined, env: {}, cwd: this.base });
    const loaded = load();
    if (loaded.kind === "problems") throw new Error(JSON.stringify(loaded.problems));
    this.#page = await servePage({
      loaded: loaded.value,
      load,
      liveness: this.#liveness,
      root: ROOT,
      morphScript: path.join(ROOT, "node_modules/idiomorph/dist/idiomorph.esm.js"),
      log: (text) => this.said.push(text),
    });
  }
}

function sectionsOf({ licence = false, delete: mayDelete = false, server, web }: PageSettings): Sections {
  const flag = (is: boolean) => (is ? "True" : "False");
  const rights = { Licence_to_kill: flag(licence), Delete_Jobs: flag(mayDelete) };
  return {
    QMServer: { ...LIVELY, ...server },
    WEB_QMserver: { Host: "localhost", The_Port: 0, ...rights, ...web },
  };
}
