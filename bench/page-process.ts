import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const QM = path.join(process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../dist"), "bin/qm.js");
/** The kernel counts processor time in hundredths of a second. */
const TICKS_A_SECOND = 100;

/** An answer of the page, and the time that the whole of it took. */
export interface TimedAnswer {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
  /** With its headers, as it came over the wire. */
  readonly wireBytes: number;
}

/** The built program's page, as a process of its own. */
export class PageProcess {
  readonly url: string;
  /** From the start of the process until it listened. */
  readonly listeningMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, listeningMs: number) {
    this.#child = child;
    this.url = url;
    this.listeningMs = listeningMs;
  }

  /** Starts it and waits until it listens. Throws where it does not. */
  static async start(configFile: string): Promise<PageProcess> {
    const startedMs = performance.now();
    const child = spawn(process.execPath, [QM, "--config", configFile, "web"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const url = await addressTold(child);
    return new PageProcess(child, url, performance.now() - startedMs);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resident memory now. */
  get rssBytes(): number {
    const status = fs.readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Bytes it has read so far, from files and connections. */
  get readBytes(): number {
    return Number(/^rchar: (\d+)$/m.exec(fs.readFileSync(`/proc/${this.pid}/io`, "utf8"))?.[1]);
  }

  /** Processor time it has taken so far. */
  get cpuSeconds(): number {
    const stat = fs.readFileSync(`/proc/${this.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  }

  /** Asks for a page over a connection of its own. */
  async ask(address = "/"): Promise<TimedAnswer> {
    return await ask(this.url, address);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}

/** Asks the server at an address for a page over a connection of its own. */
function ask(url: string, address: string): Promise<TimedAnswer> {
  const { hostname, port } = new URL(url);
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.get({
      hostname,
      port,
      path: address,
      agent: false,
      headers: { connection: "close" },
    });
    request.on("error", reject).on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("error", reject);
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          text,
          ms: performance.now() - startedMs,
          wireBytes: response.socket.bytesRead,
        }),
      );
    });
  });
}

function addressTold(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const url = /http:\/\/\S+:\d+\//.exec(said)?.[0];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", () => reject(new Error(`the page has ended: ${said}`)));
  });
}
