import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TextLine } from "../../../src/text/terminal-line.ts";
import { type LogEvent, LogHub } from "../../../src/web/log/log-hub.ts";
import { type LogPlace, locateLog } from "../../../src/web/log/log-place.ts";
import { until } from "../../support/until.ts";
import { JobFolder } from "./job-folder.ts";

const POLL_MS = 5;
const QUARTER_MEGABYTE = 256 * 1024;

let job: JobFolder;
let hub: LogHub;
let looks = 0;

beforeEach(() => {
  job = new JobFolder();
  hub = new LogHub({ pollMs: POLL_MS });
  looks = 0;
});

afterEach(() => hub.close());

/** The lines that a page would show, and its other news. */
class Page {
  lines: string[] = [];
  partial = "";
  told: string[] = [];
  place: LogPlace = { byte: 0 };
  skippedBytes = 0;
  readonly leave: () => void;

  constructor(from: LogPlace = { byte: 0 }) {
    this.leave = hub.follow({ name: job.name, locate: () => locate() }, from, (event) => this.#take(event));
  }

  get text(): string {
    return [...this.lines, this.partial].join("\n");
  }

  #take(event: LogEvent): void {
    this.told.push(event.kind);
    if (event.kind === "reset") this.lines = [];
    if (event.kind === "reset") this.partial = "";
    if (event.kind === "skipped") this.skippedBytes += event.bytes;
    if (event.kind !== "lines") return;
    this.lines.push(...event.lines.map(textOf));
    this.partial = textOf(event.partial);
    this.place = event.place;
  }
}

function locate(): ReturnType<typeof locateLog> {
  looks += 1;
  return locateLog(job.layout, job.name);
}

function textOf(line: TextLine): string {
  return line.map(({ text }) => text).join("");
}

async function shows(page: Page, text: string): Promise<void> {
  await until(`a page that shows ${JSON.stringify(text)}`, () => page.text === text);
}

describe("a follower", () => {
  it("is told at once what is there, then what comes", async () => {
    job.append("one\ntw");
    const page = new Page();
    expect(page.text).toBe("one\ntw");
    job.append("o\nthree\n");
    await shows(page, "one\ntwo\nthree\n");
  });

  it("begins where it has left off", () => {
    job.append("one\ntw");
    const { place, leave } = new Page();
    leave();
    job.append("o\nthree");
    expect(new Page(place)).toMatchObject({ lines: ["two"], partial: "three", told: ["lines"] });
  });

  it("sees a bar as it stands, however often it is drawn", async () => {
    const page = new Page();
    for (let percent = 1; percent <= 100; percent += 1) job.append(`\r${percent} %`);
    await shows(page, "100 %");
    job.append("\ndone\n");
    await shows(page, "100 %\ndone\n");
  });

  it("gets characters whole that are written by halves", async () => {
    const bytes = Buffer.from("é\n");
    job.append(bytes.subarray(0, 1));
    const page = new Page();
    job.append(bytes.subarray(1));
    await shows(page, "é\n");
  });

  it("sees the same as one who came earlier", async () => {
    job.append("one\n");
    const early = new Page();
    job.append("two\nthr");
    const late = new Page();
    expect(late.text).toBe("one\ntwo\nthr");
    job.append("ee\n");
    await shows(late, "one\ntwo\nthree\n");
    await shows(early, "one\ntwo\nthree\n");
  });

  it("is not told anything after it has left", async () => {
    const page = new Page();
    const other = new Page();
    page.leave();
    job.append("one\n");
    await shows(other, "one\n");
    expect(page.text).toBe("");
  });
});

describe("a log that grows fast", () => {
  const line = `${"x".repeat(63)}\n`;

  it("is skipped, and what is left out is told", async () => {
    job.append("begin\n");
    const page = new Page();
    const size = 6 + 10 * QUARTER_MEGABYTE;
    job.append(line.repeat((10 * QUARTER_MEGABYTE) / line.length));
    await until("the end", () => page.place.byte === size);
    expect(page.told).toEqual(["lines", "skipped", "lines"]);
    expect(page.skippedBytes + 6 + (page.lines.length - 1) * line.length).toBe(size);
    expect(new Set(page.lines.slice(1))).toEqual(new Set([line.trimEnd()]));
  });

  it("is skipped for one who comes from far behind", () => {
    job.append(line.repeat(10_000));
    const page = new Page();
    expect(page.told).toEqual(["skipped", "lines"]);
    expect(page.skippedBytes + page.lines.length * line.length).toBe(10_000 * line.length);
  });

  it("has a place near the end of a line without an end", () => {
    job.append(`begin\n${"\r 10 %".repeat(40_000)}`);
    const { place } = new Page();
    expect(place.byte).toBeGreaterThan(QUARTER_MEGABYTE / 2);
    expect(new Page(place)).toMatchObject({ lines: [], partial: " 10 %" });
  });
});

describe("another log", () => {
  it("is begun from its start where it takes the place of the first", async () => {
    job.append("first attempt\n");
    const page = new Page();
    fs.renameSync(job.log, `${job.log}.old`);
    job.append("second, longer than the first\n");
    await shows(page, "second, longer than the first\n");
    expect(page.told).toEqual(["lines", "reset", "lines"]);
  });

  it("is noticed where the first was cut", async () => {
    job.append("a long first line\n");
    const page = new Page();
    fs.writeFileSync(job.log, "new\n");
    await shows(page, "new\n");
  });

  it("is noticed by one who comes again", () => {
    job.append("first attempt\n");
    const { place, leave } = new Page();
    leave();
    fs.renameSync(job.log, `${job.log}.old`);
    job.append("second, and it is longer than the first\n");
    expect(new Page(place)).toMatchObject({
      told: ["reset", "lines"],
      lines: [expect.stringMatching(/^second/)],
    });
  });

  it("is begun where the place is beyond its end", () => {
    job.append("short\n");
    expect(new Page({ byte: 1000 })).toMatchObject({ told: ["reset", "lines"], lines: ["short"] });
  });
});

describe("the job's ways", () => {
  it("are waited for: its log begins when it starts", async () => {
    job = new JobFolder("queue");
    job.append("of the attempt before\n");
    const page = new Page();
    expect(page.told).toEqual([]);
    fs.rmSync(job.log);
    job.moveTo("running");
    job.append("now\n");
    await shows(page, "now\n");
  });

  it("are followed to its end: all is told before the end is", async () => {
    job.append("one\n");
    const page = new Page();
    job.append("two\n");
    job.append("[QM] ended\n");
    job.moveTo("finished");
    await until("the end", () => page.told.at(-1) === "end");
    expect(page.text).toBe("one\ntwo\n[QM] ended\n");
    expect(hub.followers).toBe(0);
  });

  it("cost nothing any more after its end", () => {
    vi.useFakeTimers();
    try {
      new Page();
      job.moveTo("finished");
      vi.advanceTimersByTime(POLL_MS);
      expect([hub.followers, vi.getTimerCount()]).toEqual([0, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("have ended where it lies among the finished", () => {
    job.append("one\n");
    job.moveTo("finished");
    expect(new Page()).toMatchObject({ told: ["lines", "end"], lines: ["one"] });
    expect(hub.followers).toBe(0);
  });

  it("have ended where its folder was deleted", async () => {
    const page = new Page();
    fs.rmSync(job.folder, { recursive: true });
    await until("the end", () => page.told.at(-1) === "end");
  });
});

describe("many followers", () => {
  it("cost one look for all of them", async () => {
    const pages = Array.from({ length: 200 }, () => new Page());
    looks = 0;
    job.append("one\n");
    await Promise.all(pages.map((page) => shows(page, "one\n")));
    expect(looks).toBeLessThan(50);
  });

  it("are told the same thing, not a copy each", async () => {
    const events: LogEvent[][] = [[], []];
    for (const told of events)
      hub.follow({ name: job.name, locate }, { byte: 0 }, (event) => told.push(event));
    job.append("one\n");
    await until("both to be told", () => events.every((told) => told.some(({ kind }) => kind === "lines")));
    expect(events[0]?.at(-1)).toBe(events[1]?.at(-1));
  });

  it("are bounded", () => {
    hub = new LogHub({ pollMs: POLL_MS, maxFollowers: 2 });
    const first = new Page();
    expect(hub.isFull).toBe(false);
    new Page();
    expect(hub.isFull).toBe(true);
    first.leave();
    expect(hub.isFull).toBe(false);
  });

  it("are none: nobody looks", async () => {
    new Page().leave();
    const before = looks;
    const other = new LogHub({ pollMs: POLL_MS });
    let polls = 0;
    const locateOther = () => {
      polls += 1;
      return { folder: undefined, isLive: polls < 10 };
    };
    other.follow({ name: "other", locate: locateOther }, { byte: 0 }, () => {});
    await until("another to be looked at ten times", () => polls >= 10);
    expect(looks).toBe(before);
  });
});

it("goes on after a look that failed", async () => {
  let fails = false;
  const lines: string[] = [];
  const failing = () => {
    looks += 1;
    if (fails) throw new Error("no handles left");
    return locate();
  };
  hub.follow({ name: job.name, locate: failing }, { byte: 0 }, (event) => {
    if (event.kind === "lines") lines.push(...event.lines.map(textOf));
  });
  fails = true;
  job.append("one\n");
  const before = looks;
  await until("some looks", () => looks > before + 3);
  fails = false;
  await until("the line", () => lines.includes("one"));
});
