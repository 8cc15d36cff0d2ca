// Opens many connections to a page and keeps them: `crowd.mjs URL STREAMS SLOW`.
import http from "node:http";
import net from "node:net";

const [url = "", streams = "0", slow = "0"] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const agent = new http.Agent({ maxSockets: Number.POSITIVE_INFINITY });
const BYTE_MS = 100;
/** As the page's own script does it. */
const MAX_JITTER_MS = 300;
const pages = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** An open page: it asks for the front page after each event, as a browser with the page's script does. */
function openStream() {
  return new Promise((resolve, reject) => {
    http
      .get(`${url}events`, { agent }, (response) => {
        const ask = oneAtATime(askForPage);
        response.setEncoding("utf8").on("data", (text) => {
          if (/^event: (?:hello|change)$/m.test(text)) setTimeout(ask, Math.random() * MAX_JITTER_MS);
        });
        resolve(undefined);
      })
      .on("error", reject);
  });
}

function askForPage() {
  return new Promise((resolve) => {
    const done = () => resolve(undefined);
    http
      .get(url, { agent: pages }, (response) => response.resume().on("close", done).on("error", done))
      .on("error", done);
  });
}

function oneAtATime(act) {
  let running = false;
  let again = false;
  return async function run() {
    again = running;
    if (running) return;
    running = true;
    await act();
    running = false;
    if (again) await run();
  };
}

/** Half of them write their request byte by byte, the others ask for page after page and read nothing. */
function openSlow(number) {
  const socket = net.connect(Number(port), hostname);
  socket.on("error", () => undefined).pause();
  // Whoever is shown the door comes again.
  socket.on("close", () => setTimeout(() => void openSlow(number), BYTE_MS));
  const request = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Number: ${number}\r\n\r\n`;
  return new Promise((resolve) => {
    socket.once("connect", () => {
      resolve(undefined);
      if (number % 2 === 0) socket.write(request.repeat(20));
      else dribble(socket, request.slice(0, -2) + "X-More: 1\r\n".repeat(100));
    });
  });
}

function dribble(socket, text) {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= text.length) clearInterval(timer);
    else socket.write(text[at] ?? "");
    at += 1;
  }, BYTE_MS);
}

await Promise.all([
  ...Array.from({ length: Number(streams) }, openStream),
  ...Array.from({ length: Number(slow) }, (_, number) => openSlow(number)),
]);
process.stdout.write("gathered\n");
