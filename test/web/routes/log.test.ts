import fs from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TextLine } from "../../../src/text/terminal-line.ts";
import { EventHub } from "../../../src/web/live/event-hub.ts";
import { LogHub } from "../../../src/web/log/log-hub.ts";
import { logRouter } from "../../../src/web/routes/log.ts";
import { until } from "../../support/until.ts";
import { JobFolder } from "../log/job-folder.ts";

const MAX_FOLLOWERS = 60;

let job: JobFolder;
let hub: LogHub;
let events: EventHub;
let version: string;
let server: http.Server;
let origin = "";

beforeEach(async () => {
  job = new JobFolder("running", "job é");
  hub = new LogHub({ pollMs: 10, maxFollowers: MAX_FOLLOWERS });
  version = "1";
  events = new EventHub(async () => version, { lookMs: 10 });
  const app = express().use(logRouter({ layout: job.layout, logHub: hub, events }));
  server = app.listen(0, "127.0.0.1");
  await until("the server to listen", () => server.listening);
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  hub.close();
  events.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function streamPath(name = job.name): string {
  return `/jobs/${encodeURIComponent(name)}/log/stream`;
}

interface Told {
  readonly event: string;
  readonly id: string | undefined;
  readonly content: { lines?: TextLine[]; partial?: TextLine; to?: number };
}

/** A client of the stream, as a browser is one. */
class Client {
  headers: http.IncomingHttpHeaders = {};
  status = 0;
  isOver = false;
  #text = "";
  readonly #request: http.ClientRequest;

  constructor(query = "", headers: http.OutgoingHttpHeaders = {}, name = job.name) {
    this.#request = http.get(`${origin}${streamPath(name)}${query}`, { headers }, (response) => {
      this.status = response.statusCode ?? 0;
      this.headers = response.headers;
      response.setEncoding("utf8").on("data", (text: string) => {
        this.#text += text;
      });
      response.on("close", () => {
        this.isOver = true;
      });
    });
    this.#request.on("error", () => {
      this.isOver = true;
    });
  }

  get told(): Told[] {
    const blocks = this.#text.split("\n\n").slice(0, -1);
    return blocks.filter((block) => block.includes("event: ")).map(parseBlock);
  }

  get lines(): string[] {
    return this.told.flatMap(({ content }) => (content.lines ?? []).map(textOf));
  }

  leave(): void {
    this.#request.destroy();
  }
}

function parseBlock(block: string): Told {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
  return { event: field("event") ?? "", id: field("id"), content: JSON.parse(field("data") || "{}") };
}

function textOf(line: TextLine): string {
  return line.map(({ text }) => text).join("");
}

async function seen(client: Client, count: number): Promise<string[]> {
  return await until(`${count} lines`, () => client.lines.length >= count && client.lines);
}

describe("the stream of a log", () => {
  it("tells what is there and what comes, as spans and never as markup", async () => {
    job.append("<b>one</b>\n\x1b[31mtwo");
    const client = new Client();
    await seen(client, 1);
    expect(client.told).toEqual([
      {
        event: "lines",
        id: expect.stringMatching(/^11@\d+:\d+$/),
        content: {
          lines: [[{ text: "<b>one</b>", classes: "" }]],
          partial: [{ text: "two", classes: "fg-1" }],
          to: 11,
        },
      },
    ]);
    job.append(" and a half\nthree\n");
    expect(await seen(client, 3)).toEqual(["<b>one</b>", "two and a half", "three"]);
  });

  it("is not kept anywhere on its way", async () => {
    const client = new Client();
    await until("an answer", () => client.status === 200);
    expect(client.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
  });

  it("begins where the page ends, or where it was lost", async () => {
    job.append("one\ntwo\nthree\n");
    expect(await seen(new Client("?from=4"), 2)).toEqual(["two", "three"]);
    expect(await seen(new Client("?from=0", { "Last-Event-ID": "8" }), 1)).toEqual(["three"]);
    expect(await seen(new Client("?from=nowhere"), 3)).toEqual(["one", "two", "three"]);
  });

  it("goes on over a lost connection without a line missing or doubled", async () => {
    job.append("one\ntw");
    const first = new Client();
    const id = await until("an id", () => first.told.at(-1)?.id);
    first.leave();
    await until("it to be gone", () => hub.followers === 0);
    job.append("o\nthree\n");
    expect(await seen(new Client("?from=0", { "Last-Event-ID": id }), 2)).toEqual(["two", "three"]);
  });

  it("ends when the job has ended", async () => {
    const client = new Client();
    await until("a follower", () => hub.followers === 1);
    job.append("last\n");
    job.moveTo("finished");
    await until("the end", () => client.isOver);
    expect(client.told.at(-1)?.event).toBe("end");
    expect(client.lines).toEqual(["last"]);
  });

  it("gives all of a finished log that is larger than what may wait unsent", async () => {
    job.append(`${"x".repeat(99)}\n`.repeat(2600));
    job.moveTo("finished");
    const client = new Client();
    await until("the end", () => client.isOver);
    expect(client.lines).toHaveLength(2600);
    expect(client.told.at(-1)?.event).toBe("end");
  });

  it("tells of changes of the queue too where that is asked for, so that one connection does for both", async () => {
    job.append("one\n");
    const [both, logOnly] = [new Client("?changes=yes"), new Client()];
    const kinds = ({ told }: Client) => told.map(({ event }) => event);
    await until("a greeting", () => kinds(both).includes("hello"));
    version = "2";
    await until("the change", () => kinds(both).includes("change"));
    job.append("two\n");
    // Behind the line a sign of life may have come.
    for (const client of [both, logOnly]) expect(await seen(client, 2)).toEqual(["one", "two"]);
    expect(kinds(logOnly).filter((kind) => kind !== "lines")).toEqual([]);
    both.leave();
    await until("nobody to be told any more", () => events.size === 0);
  });

  it("is one of fifty", async () => {
    const clients = Array.from({ length: 50 }, () => new Client());
    await until("all to follow", () => hub.followers === 50);
    for (let line = 1; line <= 20; line += 1) job.append(`line ${line}\n`);
    const expected = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    for (const client of clients) expect(await seen(client, 20)).toEqual(expected);
    for (const client of clients) client.leave();
    await until("all to be gone", () => hub.followers === 0);
  });
});

describe("what is refused", () => {
  it.each(["no such job", "..", "job é/..", "a\0b", "x".repeat(300)])("a stream of %j", async (name) => {
    const client = new Client("", {}, name);
    await until("an answer", () => client.status === 404);
  });

  it("a log that is a link", async () => {
    fs.symlinkSync("/etc/passwd", job.log);
    job.moveTo("finished");
    const client = new Client();
    await until("the end", () => client.isOver);
    expect(client.told.map(({ event }) => event)).toEqual(["end"]);
  });

  it("more followers than may be", async () => {
    const clients = Array.from({ length: MAX_FOLLOWERS }, () => new Client());
    await until("all to follow", () => hub.followers === MAX_FOLLOWERS);
    const tooMany = new Client();
    await until("an answer", () => tooMany.status === 503);
    expect(tooMany.headers["retry-after"]).toBe("10");
    clients[0]?.leave();
    await until("a place", () => !hub.isFull);
    const another = new Client();
    await until("an answer", () => another.status === 200);
  });

  it("a HEAD that would never end", async () => {
    const response = await fetch(`${origin}${streamPath()}`, { method: "HEAD" });
    expect([response.status, hub.followers]).toEqual([200, 0]);
  });
});

describe("a client that takes nothing", () => {
  const chunk = `${"x".repeat(1000)}\n`.repeat(200);

  it("is let go, and keeps nobody else waiting", async () => {
    const { port } = server.address() as AddressInfo;
    const slow = net.connect(port, "127.0.0.1");
    slow.on("error", () => {});
    slow.pause();
    slow.write(`GET ${streamPath()} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const other = new Client();
    await until("both to follow", () => hub.followers === 2);
    await until("the slow one to be let go", () => {
      job.append(chunk);
      return hub.followers === 1;
    });
    job.append("still here\n");
    await until("the other's line", () => other.lines.includes("still here"));
    slow.destroy();
  });
});
