import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderStory } from "./render.ts";
import { serveStorybook } from "./server.ts";
import { STORIES } from "./stories.ts";
import { type Element, readPage } from "./structure.ts";

const MAX_FRONT_BYTES = 80_000;
// A control that is no line's end or tab, or a bidi mark.
const UNSAFE = /[^\P{Cc}\n\t]|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

describe.each(STORIES.map((story) => ({ story, name: story.name })))("the story $name", ({ story }) => {
  let html: string;
  let elements: readonly Element[];

  beforeAll(async () => {
    html = await renderStory(story);
    elements = readPage(html);
  });

  it("runs no script but the page's own", () => {
    const scripts = elements.filter(({ name }) => name === "script");
    expect(scripts.map(({ attributes }) => attributes.get("src"))).toEqual(["/static/qm.js"]);
    const names = elements.flatMap(({ attributes }) => [...attributes.keys()]);
    expect(names.filter((name) => name.startsWith("on") || name === "style")).toEqual([]);
  });

  it("leads to its own addresses alone", () => {
    const addresses = elements.flatMap(({ attributes }) =>
      ["href", "src", "action", "formaction", "data-stream"].flatMap((name) => attributes.get(name) ?? []),
    );
    expect(addresses.filter((address) => !/^(\/(?!\/)|#)[\x21-\x7e]*$/.test(address))).toEqual([]);
    expect(addresses.filter((address) => /["'<>\\]|\/\.\.?(\/|$)/.test(address.replaceAll("'", "")))).toEqual(
      [],
    );
  });

  it("shows controls and bidi marks, and never obeys them", () => {
    expect(UNSAFE.exec(html)).toBeNull();
  });

  it("is whole: a main part, a title, every id once, every form with its token", () => {
    expect(elements.filter(({ name }) => name === "main")).toHaveLength(1);
    expect(elements.filter(({ name }) => name === "h1")).toHaveLength(1);
    expect(
      elements.filter(({ name, within }) => name === "title" && within.at(-1)?.name === "head"),
    ).toHaveLength(1);
    const ids = elements.flatMap(({ attributes }) => attributes.get("id") ?? []);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const posts = elements.filter(({ attributes }) => attributes.get("method") === "post");
    const tokens = elements.filter(({ attributes }) => attributes.get("name") === "token");
    expect(tokens).toHaveLength(posts.length);
    const described = elements.flatMap(
      ({ attributes }) => attributes.get("aria-labelledby")?.split(" ") ?? [],
    );
    expect(described.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

it("a queue of 10,000 rows makes no large front page", async () => {
  const story = STORIES.find(({ name }) => name === "front-10000-rows");
  if (story === undefined) throw new Error("the story is there");
  expect(Buffer.byteLength(await renderStory(story))).toBeLessThan(MAX_FRONT_BYTES);
});

describe("the storybook's server", () => {
  let storybook: Awaited<ReturnType<typeof serveStorybook>>;

  beforeAll(async () => {
    storybook = await serveStorybook(0);
  });

  afterAll(() => {
    storybook.close();
  });

  it("lists every story and shows it", async () => {
    const index = await (await fetch(storybook.url)).text();
    for (const { name } of STORIES) {
      expect(index).toContain(`/stories/${name}"`);
      expect((await fetch(`${storybook.url}stories/${name}`)).status).toBe(200);
    }
    expect((await fetch(`${storybook.url}stories/none`)).status).toBe(404);
    expect((await fetch(`${storybook.url}static/qm.css`)).headers.get("content-type")).toMatch(/css/);
  });
});
