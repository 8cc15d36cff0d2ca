import { expect, it } from "vitest";
import { UndeliveredNews } from "../../src/daemon/undelivered-news.ts";
import type { StoredLetter } from "../../src/mail/stored-letter.ts";

function letter(id: string, about: StoredLetter["about"] = "job"): StoredLetter {
  const words = { subject: id, text: "long", html: "long" };
  const people = { to: [], pending: [], refused: [] };
  const createdAt = "2026-11-22T09:00:00.000Z";
  return { version: 1, id, about, createdAt, messageId: `<${id}@lab.org>`, ...people, ...words };
}

const HOUR_MS = 3_600_000;

it("is told at once, then collected for an hour, without the letters' texts", () => {
  const news = new UndeliveredNews();
  expect(news.due(0)).toEqual([]);
  news.add(letter("a"));
  expect(news.due(0)).toMatchObject([{ id: "a", text: "", html: "" }]);
  news.noteAnnounced(0);
  for (const id of ["b", "c"]) news.add(letter(id));
  expect(news.due(HOUR_MS - 1)).toEqual([]);
  expect(news.due(HOUR_MS)).toMatchObject([{ id: "b" }, { id: "c" }]);
  news.noteAnnounced(HOUR_MS);
  expect(news.due(3 * HOUR_MS)).toEqual([]);
});

it("is kept while it could not be announced", () => {
  const news = new UndeliveredNews();
  news.add(letter("a"));
  expect(news.due(0)).toHaveLength(1);
  expect(news.due(1)).toHaveLength(1);
});

it("is none where a letter was not about a job", () => {
  const news = new UndeliveredNews();
  news.add(letter("a", "manager"));
  news.add(letter("b", "summary"));
  expect(news.due(0)).toEqual([]);
});
