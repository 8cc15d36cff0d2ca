import fs from "node:fs";
import { expect, it } from "vitest";
import { ALL_KEYS } from "../../src/config/schema.ts";
import { scratchFolder } from "../support/scratch.ts";
import { loaded } from "./config-fixture.ts";

const EXAMPLE = fs.readFileSync(new URL("../../QMserv.cfg.example", import.meta.url), "utf8");

// Keys are told from prose by the missing space after the `#`.
const UNCOMMENTED = EXAMPLE.replaceAll(/^#(?=\w+ =)/gm, "");

/** `[section] key = value` of every commented key. */
function keysOfExample(): string[] {
  return EXAMPLE.split(/^(?=\[)/m).flatMap((part) => {
    const section = /^\[.+\]/.exec(part)?.[0] ?? "";
    return [...part.matchAll(/^#(\w+ =.*)$/gm)].map(([, line]) => `${section} ${line}`);
  });
}

it("names every key with its default", () => {
  const expected = ALL_KEYS.map(({ section, name, fallback }) =>
    `[${section}] ${name} = ${typeof fallback === "string" ? fallback : ""}`.trimEnd(),
  );
  const named = keysOfExample().filter((line) => !line.startsWith("[JobEnvironment]"));
  expect(named.toSorted()).toEqual(expected.toSorted());
});

it("explains every key in a comment above it", () => {
  const blocks = EXAMPLE.split(/\n\n+/).filter((block) => /^#\w+ =/m.test(block));
  expect(blocks.filter((block) => !block.startsWith("# "))).toEqual([]);
});

it("sets nothing as it stands", () => {
  const { settings, warnings } = loaded(EXAMPLE);
  expect(warnings).toEqual([]);
  expect(settings.every(({ origin }) => origin.kind === "default")).toBe(true);
});

it("loads with every key uncommented, and means the defaults", () => {
  const { config, warnings, settings } = loaded(UNCOMMENTED);
  const { config: defaults } = loaded("", scratchFolder());
  expect(warnings).toEqual([]);
  expect(settings.filter(({ origin }) => origin.kind === "file").length).toBeGreaterThan(20);
  expect(config).toEqual({
    ...defaults,
    qmFolder: config.qmFolder,
    jobEnvironment: { DATA_FOLDER: "/srv/data", PATH: "/opt/conda/bin:/usr/bin" },
  });
});
