import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endLetter, startLetter } from "../../src/mail/job-letter.ts";
import { storeForm } from "../../src/mail/letter.ts";
import { statusText } from "../../src/queue/books/job-records.ts";
import { Scratch } from "../cli/cli-fixture.ts";
import { renderStory } from "../storybook/render.ts";
import { STORIES } from "../storybook/stories.ts";
import { ServedPage } from "../web/page-fixture.ts";
import { ENDED, furnish, NOW, stopTheClock } from "./fixed-lab.ts";

// A change of what programs and people are shown is seen as a change of these files: `npx vitest run test/golden -u`.
const FILES = path.join(import.meta.dirname, "files");

beforeEach(stopTheClock);

/** Without what differs from machine to machine. */
function portable(text: string, folder: string): string {
  return text
    .replaceAll(folder, "/lab")
    .replaceAll(JSON.stringify(os.hostname()), '"this-machine"')
    .replaceAll(/http:\/\/localhost:\d+/g, "http://page");
}

function pretty(json: string): string {
  return `${JSON.stringify(JSON.parse(json), undefined, 2)}\n`;
}

describe("the command line", () => {
  const NAMES = [...ENDED.map(([, { name }]) => name), "assembly", "ending", "wide", "later", "microscope"];
  const COMMANDS = [
    ["status"],
    ["history"],
    ["history", "--failed"],
    ["stats"],
    ["mail"],
    ["log", "tree"],
    ...NAMES.map((name) => ["show", name]),
  ];
  let scratch: Scratch;

  beforeEach(() => {
    scratch = new Scratch();
    furnish(scratch);
  });
  afterEach(async () => await scratch.close());

  it.each(COMMANDS.map((words) => [words.join(" "), words] as const))("qm %s", async (title, words) => {
    const [plain, json] = [await scratch.run(words), await scratch.run([...words, "--json"])];
    const text = `${plain.out}${plain.err}\nexit ${plain.code}\n\n--json:\n${json.out}${json.err}`;
    await expect(portable(text, scratch.base)).toMatchFileSnapshot(file(`qm ${title}.txt`));
  });
});

describe("the API", () => {
  let page: ServedPage;

  beforeEach(async () => {
    page = await ServedPage.start({ isAlive: () => true });
    furnish(page);
    await page.restart();
  });
  afterEach(async () => await page.close());

  it.each([
    "openapi.json",
    "status",
    "stats",
    "jobs",
    "jobs?state=running",
    "jobs?state=waiting",
    "jobs?state=arriving",
    "jobs?outcome=trouble",
    ...["tree", "left-behind", "gone", "assembly", "wide", "nobody"].map((name) => `jobs/${name}`),
    "jobs/tree/files",
    "jobs/tree/log",
  ])("%s", async (address) => {
    const { status, text } = await page.get(`/api/v1/${address}`);
    const shown = `${status}\n${text.startsWith("{") ? pretty(text) : text}`;
    const name = address.replaceAll(/[/?]/g, " ");
    await expect(portable(shown, page.base)).toMatchFileSnapshot(file(`api ${name}.txt`));
  });
});

describe("what is written of a job", () => {
  it.each(ENDED.map(([stage, record]) => [record.name, stage, record] as const))(
    "%s",
    async (name, stage, record) => {
      const around = {
        folder: `/lab/QM/${stage}/${name}`,
        link: `http://page/jobs/${name}`,
        runsAgain: false,
        logLines: ["first", "second"],
      };
      const letters = [
        startLetter(record, record.mailTo, around),
        endLetter(record, record.mailTo, "owner", around),
        endLetter(record, ["admin@lab.org"], "admin", { ...around, runsAgain: record.state === "lost" }),
      ];
      const sent = letters.map((letter) => {
        const { subject, text, html = "" } = storeForm(letter, NOW.getTime());
        return [subject, text, html].join("\n\n");
      });
      const written = [statusText(record), ...sent].join("\n==========\n");
      await expect(portable(written, "/none")).toMatchFileSnapshot(file(`job ${name}.txt`));
    },
  );
});

describe("the page", () => {
  it.each(STORIES.map((story) => [story.name, story] as const))("%s", async (name, story) => {
    const html = await renderStory(story, NOW.getTime());
    // Half a character is sent and stored as U+FFFD.
    await expect(Buffer.from(html).toString()).toMatchFileSnapshot(file(`page ${name}.html`));
  });
});

function file(name: string): string {
  return path.join(FILES, name);
}
