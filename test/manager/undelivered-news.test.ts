import path from "node:path";
import { expect, it } from "vitest";
import { Outbox } from "../../src/mail/outbox.ts";
import { dropLetters, type StoredLetter } from "../../src/mail/stored-letter.ts";
import { UndeliveredNews } from "../../src/manager/letters/mail-notices.ts";
import { scratchFolder } from "../support/scratch.ts";

const HOUR_MS = 3_600_000;
const ID = { a: "a".repeat(24), b: "b".repeat(24), c: "c".repeat(24) };

/** An outbox with its news, which a restart makes anew. */
function office() {
  const folder = path.join(scratchFolder(), "outbox");
  const outbox = new Outbox(folder);
  const giveUp = (id: string, about: StoredLetter["about"] = "job") => {
    const words = { subject: id, text: "long", html: "long" };
    const people = { to: [], pending: [], refused: [] };
    const createdAt = "2026-11-22T09:00:00.000Z";
    const name = `20261122T090000.000Z-${id}.json`;
    outbox.giveUp(name, {
      version: 1,
      id,
      about,
      createdAt,
      messageId: `<${id}@lab.org>`,
      ...people,
      ...words,
    });
    news.noteNew();
  };
  let news = new UndeliveredNews(folder);
  const restart = () => {
    news = new UndeliveredNews(folder);
  };
  const idsDue = (nowMs: number) => news.due(nowMs).map(({ id }) => id);
  return { folder, giveUp, restart, idsDue, news: () => news };
}

it("is told at once, then collected for an hour, without the letters' texts", () => {
  const { giveUp, idsDue, news } = office();
  expect(idsDue(0)).toEqual([]);
  giveUp(ID.a);
  expect(news().due(0)).toMatchObject([{ id: ID.a, text: "", html: "" }]);
  news().noteAnnounced(0);
  for (const id of [ID.b, ID.c]) giveUp(id);
  expect(idsDue(HOUR_MS - 1)).toEqual([]);
  expect(idsDue(HOUR_MS)).toEqual([ID.b, ID.c]);
  news().noteAnnounced(HOUR_MS);
  expect(idsDue(3 * HOUR_MS)).toEqual([]);
});

it("is told after a restart where it was held back, and never twice", () => {
  const { giveUp, restart, idsDue, news } = office();
  giveUp(ID.a);
  expect(idsDue(0)).toEqual([ID.a]);
  news().noteAnnounced(0);
  giveUp(ID.b);
  expect(idsDue(1)).toEqual([]);
  restart();
  expect(idsDue(0)).toEqual([ID.b]);
  news().noteAnnounced(0);
  restart();
  expect(idsDue(0)).toEqual([]);
});

it("is kept while it could not be announced, and goes with a letter that was thrown away", () => {
  const { folder, giveUp, restart, idsDue } = office();
  giveUp(ID.a);
  giveUp(ID.b);
  expect(idsDue(0)).toEqual([ID.a, ID.b]);
  dropLetters(folder, [ID.a]);
  expect(idsDue(1)).toEqual([ID.b]);
  restart();
  expect(idsDue(1)).toEqual([ID.b]);
});

it("is none where a letter was not about a job", () => {
  const { giveUp, restart, idsDue } = office();
  giveUp(ID.a, "manager");
  giveUp(ID.b, "summary");
  expect(idsDue(0)).toEqual([]);
  restart();
  expect(idsDue(0)).toEqual([]);
});
