import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import express, { type Response } from "express";
import { expect, onTestFinished, test, vi } from "vitest";
import { demandPace, type Pace } from "../../../src/web/files/send-bytes.ts";
import { until } from "../../support/until.ts";

const PACE: Pace = { bytes: 64 * 1024, withinMs: 500 };
const PIECE = Buffer.alloc(64 * 1024);
const PIECES = 512;
/** More than a system holds back before it lets a server write on. */
const TAKEN_AT_A_TIME = PIECE.length * 32;

/** Answers so to one client, which has asked and reads nothing of its own accord. */
async function answering(answer: (response: Response) => void) {
  const ended = { isDestroyed: false, isFinished: false };
  const app = express().use((_request, response) => {
    response.on("finish", () => {
      ended.isFinished = true;
    });
    response.on("close", () => {
      ended.isDestroyed = !ended.isFinished;
    });
    demandPace(response, PACE);
    answer(response);
  });
  const server = http.createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = net.connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  client.on("error", () => {}).write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { client, ended };
}

/** More than fits between the two. */
function sendMuch(response: Response): void {
  Readable.from(Array.from({ length: PIECES }, () => PIECE)).pipe(response);
}

test("a client that takes nothing is given up", async () => {
  const { ended } = await answering(sendMuch);
  await until("the end of the connection", () => ended.isDestroyed);
});

test("a client that takes a byte now and then is given up", async () => {
  const { client, ended } = await answering(sendMuch);
  const trickle = setInterval(() => client.read(1), 20);
  onTestFinished(() => clearInterval(trickle));
  await until("the end of the connection", () => ended.isDestroyed);
});

test("a client that goes on taking gets all, however long that is", async () => {
  // The server's looks come when the client has taken something, however busy the machine is.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { client, ended } = await answering(sendMuch);
  let received = 0;
  for (let wanted = TAKEN_AT_A_TIME; wanted <= PIECES * PIECE.length; wanted += TAKEN_AT_A_TIME) {
    await until(
      "some of it",
      () => {
        received += (client.read() as Buffer | null)?.length ?? 0;
        return received >= wanted || ended.isDestroyed;
      },
      { pollMs: 1 },
    );
    vi.advanceTimersByTime(PACE.withinMs / 2);
  }
  await until("the end", () => ended.isFinished || ended.isDestroyed);
  expect(ended).toEqual({ isDestroyed: false, isFinished: true });
});

test("an answer that is slow in the making is waited for", async () => {
  let times = 0;
  const { client, ended } = await answering((response) => {
    response.write("head");
    const slowly = setInterval(() => {
      times += 1;
      if (times < 5) return;
      clearInterval(slowly);
      response.end("tail");
    }, PACE.withinMs / 2);
  });
  client.resume();
  await until("the answer", () => ended.isFinished || ended.isDestroyed);
  expect(ended.isFinished).toBe(true);
});
