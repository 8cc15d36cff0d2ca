import net from "node:net";

/** Sends exactly these bytes to a page and gives all that comes back until it ends the connection. */
export function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = net.connect(Number(port), hostname, () => socket.write(text, "latin1"));
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.on("error", reject).on("close", () => resolve(answer));
  });
}

/** Asks with these header lines and no others but the one that ends the connection; gives the status. */
export async function statusWith(
  url: string,
  headerLines: readonly string[],
  address = "/",
): Promise<number> {
  const lines = [`GET ${address} HTTP/1.1`, ...headerLines, "Connection: close", "", ""];
  const answer = await sendRaw(url, lines.join("\r\n"));
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}
