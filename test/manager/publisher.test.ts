import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Publisher } from "../../src/manager/publisher.ts";
import { until } from "../support/until.ts";
import { makeQueue } from "./queue-fixture.ts";

function newPublisher() {
  const queue = makeQueue();
  const file = path.join(queue.base, "status.json");
  const publisher = new Publisher(file, queue.log);
  return { queue, file, publisher, read: () => fs.readFileSync(file, "utf8") };
}

describe("the published status", () => {
  it("is written at most once a second, and says when the next is due", () => {
    const { publisher, read } = newPublisher();
    publisher.publish(() => ({ n: 1 }), 5000);
    expect(publisher.nextMs).toBe(Number.POSITIVE_INFINITY);
    publisher.publish(() => ({ n: 2 }), 5999);
    expect(read()).toBe('{"n":1}');
    expect(publisher.nextMs).toBe(6000);
    publisher.publish(() => ({ n: 3 }), 6000);
    expect(read()).toBe('{"n":3}');
  });

  it("is left alone while nothing changes, and touched as a sign of life", () => {
    const { publisher, file } = newPublisher();
    const old = new Date("2001-01-01");
    publisher.publish(() => ({ n: 1 }), 0);
    fs.utimesSync(file, old, old);
    publisher.publish(() => ({ n: 1 }), 2000);
    expect(fs.statSync(file).mtimeMs).toBe(old.getTime());
    publisher.beat(2000);
    expect(Date.now() - fs.statSync(file).mtimeMs).toBeLessThan(60_000);
  });

  it("is left alone where only a measurement differs, which goes along with the next change", () => {
    const { publisher, file, read } = newPublisher();
    const old = new Date("2001-01-01");
    publisher.publish(() => ({ n: 1 }), 0, { measured: { passMs: 3 } });
    expect(read()).toBe('{"n":1,"passMs":3}');
    fs.utimesSync(file, old, old);
    publisher.publish(() => ({ n: 1 }), 2000, { measured: { passMs: 4 } });
    expect(fs.statSync(file).mtimeMs).toBe(old.getTime());
    publisher.publish(() => ({ n: 2 }), 4000, { measured: { passMs: 5 } });
    expect(read()).toBe('{"n":2,"passMs":5}');
  });

  it("is not even made while nothing that it is made from has changed", () => {
    const { publisher, file, read } = newPublisher();
    const queue = [1];
    let made = 0;
    const offer = (nowMs: number, basis: readonly unknown[]) =>
      publisher.publish(() => ({ made: ++made }), nowMs, { basis: () => basis });
    offer(0, [queue, "x"]);
    offer(2000, [queue, "x"]);
    expect(made).toBe(1);
    offer(4000, [queue, "y"]);
    offer(6000, [[1], "y"]);
    expect(read()).toBe('{"made":3}');
    fs.rmSync(file);
    offer(8000, [queue, "y"]);
    expect(read()).toBe('{"made":4}');
  });

  it("shows no sign of life before there is a status", () => {
    const { publisher, file } = newPublisher();
    publisher.beat(0);
    expect(fs.existsSync(file)).toBe(false);
  });

  it("is written anew when somebody deleted it", () => {
    const { publisher, file, read } = newPublisher();
    publisher.publish(() => ({ n: 1 }), 0);
    fs.rmSync(file);
    publisher.publish(() => ({ n: 1 }), 1000);
    expect(read()).toBe('{"n":1}');
  });

  it("is written anew when somebody cut it or put another in its place", () => {
    const { publisher, file, read } = newPublisher();
    publisher.publish(() => ({ n: 1 }), 0);
    for (const [second, spoil] of [
      () => fs.truncateSync(file, 3),
      () => {
        fs.writeFileSync(`${file}.other`, '{"other":9}');
        fs.renameSync(`${file}.other`, file);
      },
    ].entries()) {
      spoil();
      publisher.publish(() => ({ n: 1 }), 2000 + 2000 * second);
      expect(read()).toBe('{"n":1}');
    }
  });

  it("is no reason to fail where it cannot be written; told once, and again after it had worked", () => {
    const { publisher, file, queue, read } = newPublisher();
    fs.mkdirSync(path.join(file, "in the way"), { recursive: true });
    for (const nowMs of [0, 1000, 2000]) publisher.publish(() => ({ n: 1 }), nowMs);
    expect(queue.log.of("the status could not be published")).toHaveLength(1);
    fs.rmSync(file, { recursive: true });
    publisher.publish(() => ({ n: 1 }), 3000);
    expect(read()).toBe('{"n":1}');
    fs.rmSync(file);
    fs.mkdirSync(path.join(file, "in the way"), { recursive: true });
    publisher.publish(() => ({ n: 2 }), 4000);
    expect(queue.log.of("the status could not be published")).toHaveLength(2);
    expect(fs.readdirSync(queue.base).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("shows a sign of life every few seconds, however seldom the folders are looked at", async () => {
    const queue = makeQueue({ Poll_Interval: 3600 });
    await queue.run();
    const beat = () => fs.statSync(queue.layout.status, { throwIfNoEntry: false })?.mtimeMs;
    const first = await until("the status", beat);
    const later = await until("a sign of life", () => beat() !== first && beat());
    await until("another", () => beat() !== later);
  });
});
