import { spawnSync } from "node:child_process";
import fs from "node:fs";
import type net from "node:net";
import os from "node:os";
import path from "node:path";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { PATIENCE_MS, until } from "./until.ts";

/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string;
  /** The envelope's recipients. */
  readonly to: readonly string[];
  readonly raw: string;
  readonly parsed: ParsedMail;
}

/** An answer of the server's: a code and words; undefined for its usual one. */
export type Answer = { readonly code: number; readonly words: string } | undefined;

/** Behaviour of a server; may be changed while it runs. */
export interface Behaviour {
  /** Its answer to RCPT TO. */
  recipient?: (address: string) => Answer;
  sender?: (address: string) => Answer;
  /** Its answer to a new connection. */
  client?: () => Answer;
  /** Its answer after the whole message. */
  message?: (raw: string) => Answer;
  /** Called once the message has begun; may end the connection. */
  onData?: (socket: net.Socket) => void;
  /** Waits before it answers each command; for ever with infinity. */
  delayMs?: number;
}

export interface ServerOptions {
  readonly behaviour?: Behaviour;
  /** Encrypts from the first byte. */
  readonly secure?: boolean;
  /** Offers STARTTLS. */
  readonly startTls?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
  readonly port?: number;
}

export const LOGIN = { user: "qm", password: "s3cret ü" };

/** A mail server on loopback that keeps what it takes. */
export class TestMailServer {
  readonly mails: TakenMail[] = [];
  /** Connections that were made. */
  connections = 0;
  /** Names that the clients which sent a letter gave themselves. */
  readonly greetings = new Set<string>();
  behaviour: Behaviour;
  readonly #server: SMTPServer;
  readonly #sockets = new Set<net.Socket>();
  #port = 0;

  private constructor(options: ServerOptions) {
    this.behaviour = options.behaviour ?? {};
    this.#server = new SMTPServer(this.#options(options));
    this.#server.on("error", () => undefined);
  }

  static async start(options: ServerOptions = {}): Promise<TestMailServer> {
    const server = new TestMailServer(options);
    const listening = server.#server.listen(options.port ?? 0, "127.0.0.1");
    await new Promise<void>((resolve) => listening.once("listening", () => resolve()));
    listening.on("connection", (socket: net.Socket) => {
      server.connections += 1;
      server.#sockets.add(socket);
      socket.on("error", () => undefined);
    });
    const address = server.#server.server.address();
    server.#port = typeof address === "object" && address !== null ? address.port : 0;
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  /** Waits until so many mails have come. */
  async took(count: number, timeoutMs = PATIENCE_MS): Promise<readonly TakenMail[]> {
    return await until(`${count} mails`, () => this.mails.length >= count && this.mails, { timeoutMs }).catch(
      (error: Error) => {
        throw new Error(
          `${error.message}; there are ${this.mails.map(({ parsed }) => parsed.subject).join(" | ")}`,
        );
      },
    );
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #options({ secure, startTls, login }: ServerOptions): SMTPServerOptions {
    const certificate = secure === true || startTls === true ? testCertificate() : undefined;
    return {
      secure: secure === true,
      authOptional: login === undefined,
      disabledCommands: [
        ...(startTls === true ? [] : ["STARTTLS"]),
        ...(login === undefined ? ["AUTH"] : []),
      ],
      ...(certificate === undefined ? {} : { key: certificate.key, cert: certificate.cert }),
      closeTimeout: 100,
      logger: false,
      disableReverseLookup: true,
      onConnect: (_session, done) => this.#answer(this.behaviour.client?.(), done),
      onAuth: ({ username, password }, _session, done) => {
        const fits = username === login?.user && password === login?.password;
        if (fits) done(null, { user: username });
        else done(new Error("Invalid username or password"));
      },
      onMailFrom: ({ address }, session, done) => {
        this.greetings.add(session.hostNameAppearsAs || "");
        this.#answer(this.behaviour.sender?.(address), done);
      },
      onRcptTo: ({ address }, _session, done) => this.#answer(this.behaviour.recipient?.(address), done),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        for (const socket of this.#sockets)
          if (socket.remotePort === session.remotePort) this.behaviour.onData?.(socket);
        stream.on("end", () => {
          const raw = Buffer.concat(chunks).toString("utf8");
          const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
          const to = session.envelope.rcptTo.map(({ address }) => address);
          const answer = this.behaviour.message?.(raw);
          if (answer !== undefined) return this.#answer(answer, done);
          void simpleParser(raw).then((parsed) => {
            this.mails.push({ from, to, raw, parsed });
            this.#answer(undefined, done);
          });
        });
      },
    };
  }

  #answer(answer: Answer, done: (error?: Error | null) => void): void {
    const { delayMs = 0 } = this.behaviour;
    if (delayMs === Number.POSITIVE_INFINITY) return;
    const error =
      answer === undefined ? null : Object.assign(new Error(answer.words), { responseCode: answer.code });
    if (delayMs === 0) done(error);
    else setTimeout(() => done(error), delayMs).unref();
  }
}

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

let certificate: Certificate | undefined;

/** A certificate for 127.0.0.1 and localhost that nobody but itself vouches for. */
export function testCertificate(): Certificate {
  certificate ??= makeCertificate();
  return certificate;
}

function makeCertificate(): Certificate {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-certificate-"));
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const made = spawnSync("openssl", ["req", "-x509", ...form, ...subject, "-keyout", key, "-out", cert]);
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr.toString()}`);
  const read = { key: fs.readFileSync(key, "utf8"), cert: fs.readFileSync(cert, "utf8") };
  fs.rmSync(folder, { recursive: true, force: true });
  return read;
}

/** A header that the parser leaves as it came, read as people see it. */
export function decodedHeader(mail: TakenMail | undefined, name: string): string | undefined {
  const value = mail?.parsed.headers.get(name);
  if (typeof value !== "string") return undefined;
  return value.replaceAll(/=\?UTF-8\?B\?([^?]*)\?=\s*/gi, (_word, code: string) =>
    Buffer.from(code, "base64").toString(),
  );
}
