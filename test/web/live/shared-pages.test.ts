import { beforeEach, expect, test } from "vitest";
import { SharedPages } from "../../../src/web/routes/front.ts";
import { until } from "../../support/until.ts";

let pages: SharedPages;
let made: number;

beforeEach(() => {
  pages = new SharedPages();
  made = 0;
});

const make = async () => {
  made += 1;
  return `page ${made}`;
};

test("a page is made once for all who ask at the same time", async () => {
  const asked = Array.from({ length: 500 }, () => pages.ask("/", [1], make));
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["page 1"]));
});

test("another address, and another state, have a page of their own", async () => {
  expect(await pages.ask("/", [1, "a"], make)).toBe("page 1");
  expect(await pages.ask("/?page=2", [1, "a"], make)).toBe("page 2");
  expect(await pages.ask("/", [1, "b"], make)).toBe("page 3");
  expect(await pages.ask("/?page=2", [1, "b"], make)).toBe("page 4");
});

test("a page that is no longer fresh is made anew", async () => {
  let last = await pages.ask("/", [], make);
  const asking = setInterval(() => void pages.ask("/", [], make).then((page) => (last = page)), 20);
  await until("a second page", () => last === "page 2").finally(() => clearInterval(asking));
});

test("any number of addresses take but little memory", async () => {
  for (let number = 0; number < 1000; number += 1) await pages.ask(`/?q=${number}`, [], make);
  expect(await pages.ask("/?q=0", [], make)).toBe("page 1001");
});

test("what could not be made is tried again by the next who asks", async () => {
  const fail = () => Promise.reject(new Error("the mount is away"));
  await expect(pages.ask("/", [], fail)).rejects.toThrow("the mount is away");
  expect(await pages.ask("/", [], make)).toBe("page 1");
});
