import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { makeQueue, openFolders, openQueueId } from "../../src/queue/first-start.ts";
import { rememberedId } from "../../src/queue/known-queues.ts";
import { type Layout, layoutOf } from "../../src/queue/layout.ts";
import { readQueueId } from "../../src/queue/queue-id.ts";
import { fill, namesIn, scratchFolder } from "../support/scratch.ts";

let layout: Layout;

beforeEach(() => {
  vi.stubEnv("XDG_STATE_HOME", scratchFolder());
  layout = layoutOf(path.join(scratchFolder(), "QM"));
});

function start(): string {
  openFolders(layout);
  return openQueueId(layout);
}

function empty(): void {
  for (const name of namesIn(layout.root)) fs.rmSync(path.join(layout.root, name), { recursive: true });
}

const LOST = { code: "failed", message: "the folder is empty: is its mount away?" };

describe("a first start", () => {
  it.each([
    ["that is not there", () => undefined],
    ["that is empty", () => fs.mkdirSync(layout.root)],
    ["of a new disk", () => fill(layout.root, { "lost+found/": "", "QMserv.cfg": "" })],
    ["in which a first start was cut short", () => fs.mkdirSync(layout.queue, { recursive: true })],
  ])("makes a queue in a folder %s, which the machine remembers", (_, prepare) => {
    prepare();
    const id = start();
    expect(readQueueId(layout)).toBe(id);
    expect(rememberedId(layout.root)).toBe(id);
    expect(fs.existsSync(layout.queue)).toBe(true);
  });

  it("is remembered beside that of another queue which starts at the same moment", () => {
    const other = layoutOf(path.join(scratchFolder(), "QM"));
    openFolders(other);
    const read = fs.openSync;
    let otherId: string | undefined;
    vi.spyOn(fs, "openSync").mockImplementation((...given) => {
      const isWritten = /\/queuemanager\/.*tmp$/.test(String(given[0]));
      if (isWritten && otherId === undefined) {
        otherId = "";
        otherId = openQueueId(other);
      }
      return read(...given);
    });
    const id = start();
    expect([rememberedId(layout.root), rememberedId(other.root)]).toEqual([id, otherId]);
  });

  it("gives an id to a queue from before there were any", () => {
    for (const folder of [layout.queue, layout.running]) fs.mkdirSync(folder, { recursive: true });
    fill(layout.root, { notes: "" });
    expect(start()).toBe(readQueueId(layout));
  });

  it("is refused in a folder that holds other things", () => {
    fill(layout.root, { "thesis.tex": "" });
    expect(start).toThrow(
      expect.objectContaining({ code: "failed", mend: expect.stringContaining("qm init") }),
    );
    expect(namesIn(layout.root)).toEqual(["thesis.tex"]);
  });

  it("goes by the folders alone on a machine that can remember nothing", () => {
    vi.stubEnv("XDG_STATE_HOME", "/proc/nowhere");
    const id = start();
    expect(rememberedId(layout.root)).toBeUndefined();
    empty();
    expect(start()).not.toBe(id);
  });
});

describe("a later start", () => {
  it("finds the id that the queue has", () => {
    const id = start();
    expect(start()).toBe(id);
  });

  it("gives a queue whose .qm was deleted the id that it had", () => {
    const id = start();
    fs.rmSync(layout.state, { recursive: true });
    expect(start()).toBe(id);
    expect(readQueueId(layout)).toBe(id);
  });

  it("makes nothing in an empty folder where there was a queue, as its mount may be away", () => {
    start();
    empty();
    expect(start).toThrow(expect.objectContaining(LOST));
    expect(namesIn(layout.root)).toEqual([]);
  });

  it("makes nothing where the folder itself is gone", () => {
    start();
    fs.rmSync(layout.root, { recursive: true });
    expect(start).toThrow("the folder is missing: is its mount away?");
    expect(fs.existsSync(layout.root)).toBe(false);
  });

  it("makes a new queue where the folder that the other lay in was made anew on the same mount", () => {
    const id = start();
    const parent = path.dirname(layout.root);
    fs.rmSync(parent, { recursive: true });
    fs.mkdirSync(parent);
    expect(start()).not.toBe(id);
    expect(rememberedId(layout.root)).toBe(readQueueId(layout));
  });

  it("takes a queue that was moved to a path for what it is", () => {
    const id = start();
    const before = layout;
    layout = layoutOf(`${before.root}-moved`);
    fs.renameSync(before.root, layout.root);
    expect(start()).toBe(id);
  });
});

describe("making a queue by a person's word", () => {
  it("makes a new one in an empty folder where there was another", () => {
    const id = start();
    empty();
    makeQueue(layout);
    expect(readQueueId(layout)).not.toBe(id);
    expect(start()).toBe(readQueueId(layout));
  });

  it("makes one beside other things, and leaves one that is there as it is", () => {
    fill(layout.root, { "thesis.tex": "" });
    makeQueue(layout);
    const id = readQueueId(layout);
    makeQueue(layout);
    expect(readQueueId(layout)).toBe(id);
  });
});
