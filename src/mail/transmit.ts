import { promisify } from "node:util";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { MailServer } from "./server.ts";
import {
  failureOf,
  isHangUp,
  type RecipientError,
  refusesClient,
  type ServerFailure,
  type SmtpError,
  smtpError,
} from "./smtp-failure.ts";

/** The reason why an address did not get a letter. */
export interface Refusal {
  readonly address: string;
  /** The server will not take it later either. */
  readonly permanent: boolean;
  /** The server's words. */
  readonly why: string;
}

/** The result of one try to hand a letter over. */
export type Transmission =
  /** The server has answered for every address. */
  | {
      readonly kind: "answered";
      readonly delivered: readonly string[];
      readonly refusals: readonly Refusal[];
    }
  /** There was no talking to it. */
  | {
      readonly kind: "failed";
      readonly failure: ServerFailure;
      /** It happened while the letter was handed over, and may be the letter's fault. */
      readonly inLetter: boolean;
    };

/** From whom and to whom, as mail servers are told it. */
interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** As long as real servers may need, in milliseconds. */
export const USUAL_PATIENCE = {
  connectMs: 15_000,
  greetingMs: 15_000,
  /** Without a sign of life in a conversation. */
  silenceMs: 60_000,
  /** For one letter as a whole: a server that answers in drops is given up. */
  letterMs: 600_000,
};

/** The time that a server may take. */
export type Patience = Readonly<typeof USUAL_PATIENCE>;

/** Hands one letter over in a connection of its own. When `signal` aborts, the connection is cut at once. */
export async function transmit(
  server: MailServer,
  envelope: Envelope,
  message: Buffer,
  patience: Patience,
  signal: AbortSignal,
): Promise<Transmission> {
  const connection = new SMTPConnection(connectionOptions(server, patience));
  let inLetter = false;
  try {
    const sent = await untilCut(connection, patience.letterMs, signal, async () => {
      await promisify(connection.connect.bind(connection))();
      if (server.login !== undefined) await logIn(connection, server.login);
      inLetter = true;
      return await send(connection, envelope, message);
    });
    leave(connection);
    return answered(envelope, sent);
  } catch (thrown) {
    connection.close();
    const error: SmtpError = thrown instanceof Error ? thrown : new Error(String(thrown));
    const answer = refusesClient(error) ? undefined : answerIn(error, envelope);
    return answer ?? { kind: "failed", failure: failureOf(error, server), inLetter };
  }
}

function connectionOptions(server: MailServer, patience: Patience): SMTPConnection.Options {
  const { host, port, helo, secure, needsTls, verifies, ca } = server;
  return {
    host,
    port,
    name: helo,
    secure,
    requireTLS: needsTls,
    opportunisticTLS: !needsTls,
    connectionTimeout: patience.connectMs,
    dnsTimeout: patience.connectMs,
    greetingTimeout: patience.greetingMs,
    socketTimeout: patience.silenceMs,
    tls: { rejectUnauthorized: verifies, ...(ca === undefined ? {} : { ca }) },
  };
}

// The connection tells of its end in three ways; whichever comes first counts. It ends before it hands on what the server said
// to that (421): those words come first.
async function untilCut<T>(
  connection: SMTPConnection,
  maxMs: number,
  cut: AbortSignal,
  talk: () => Promise<T>,
): Promise<T> {
  let onCut = () => {};
  const isCut = new Promise<never>((_resolve, reject) => {
    connection.on("error", reject);
    connection.on("end", () =>
      setImmediate(() => reject(smtpError("Connection closed unexpectedly", { code: "ECONNECTION" }))),
    );
    onCut = () => reject(smtpError("took too long", { code: "ETIMEDOUT" }));
  });
  const timer = setTimeout(onCut, maxMs);
  cut.addEventListener("abort", onCut);
  if (cut.aborted) onCut();
  try {
    return await Promise.race([isCut, talk()]);
  } finally {
    clearTimeout(timer);
    cut.removeEventListener("abort", onCut);
    // Errors of a connection that has been given up do not matter any more.
    isCut.catch(() => undefined);
  }
}

async function logIn(connection: SMTPConnection, { user, password }: { user: string; password: string }) {
  const login = { user, pass: password };
  await promisify(connection.login.bind(connection))({ ...login, credentials: login });
}

async function send(connection: SMTPConnection, { from, to }: Envelope, message: Buffer) {
  const envelope = { from, to: [...to], size: message.length };
  return await promisify(connection.send.bind(connection))(envelope, message);
}

/** A server that does not answer to the farewell is left without it. */
const FAREWELL_MS = 2000;

function leave(connection: SMTPConnection): void {
  const timer = setTimeout(() => connection.close(), FAREWELL_MS).unref();
  connection.once("end", () => clearTimeout(timer));
  connection.quit();
}

/** The server's answer to a letter that it took. */
function answered(
  { to }: Envelope,
  sent: { readonly rejectedErrors?: readonly RecipientError[] | undefined },
): Transmission {
  const refusals = refusalsIn(to, sent.rejectedErrors ?? []);
  const delivered = to.filter((address) => !refusals.some((refusal) => refusal.address === address));
  return { kind: "answered", delivered, refusals };
}

/** The server's answer to a letter that it did not take; undefined where that is no answer but a breakdown. */
function answerIn(error: SmtpError, { to }: Envelope): Transmission | undefined {
  const { command = "", responseCode, rejectedErrors } = error;
  if (rejectedErrors !== undefined && !rejectedErrors.some(isHangUp))
    return { kind: "answered", delivered: [], refusals: refusalsIn(to, rejectedErrors) };
  const isOfLetter = command === "DATA" || (command === "MAIL FROM" && responseCode === 552);
  if (!isOfLetter || responseCode === undefined || isHangUp(error)) return undefined;
  const answer = { permanent: responseCode >= 500, why: wordsOf(error) };
  return { kind: "answered", delivered: [], refusals: to.map((address) => ({ address, ...answer })) };
}

function refusalsIn(to: readonly string[], errors: readonly RecipientError[]): Refusal[] {
  return errors.flatMap((error) => {
    const { recipient: address, responseCode = 0 } = error;
    if (address === undefined || !to.includes(address)) return [];
    return [{ address, permanent: responseCode >= 500, why: wordsOf(error) }];
  });
}

function wordsOf({ response, message }: Pick<SmtpError, "response" | "message">): string {
  return response ?? message;
}
