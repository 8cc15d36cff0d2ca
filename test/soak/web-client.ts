import http from "node:http";

/** Answer of a page. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const TIMEOUT_MS = 60_000;

/** Asks for an address; with fields it is a form that is sent. Throws where there is no answer. */
export function ask(
  base: string,
  address: string,
  fields?: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { origin } = new URL(base);
  const body = fields === undefined ? undefined : new URLSearchParams(fields).toString();
  return new Promise((resolve, reject) => {
    const request = http.request(`${origin}${address}`, {
      method: body === undefined ? "GET" : "POST",
      agent: false,
      timeout: TIMEOUT_MS,
      headers: {
        connection: "close",
        ...(body === undefined ? {} : { origin, "content-type": "application/x-www-form-urlencoded" }),
      },
    });
    request.on("timeout", () =>
      request.destroy(new Error(`${address} has no answer after ${TIMEOUT_MS} ms`)),
    );
    request.on("error", reject).on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("error", reject).on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.end(body);
  });
}

/** Opens an address and leaves after some milliseconds, whatever has come by then. */
export function leaveEarly(base: string, address: string, ms: number): Promise<void> {
  const { origin } = new URL(base);
  return new Promise((resolve) => {
    const request = http.get(`${origin}${address}`, { agent: false }, (response) => {
      response.on("error", () => undefined).resume();
    });
    // A client that leaves gets an error of its own making.
    request.on("error", () => undefined).on("close", resolve);
    setTimeout(() => request.destroy(), ms);
  });
}
