import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tries } from "../../support/chance.ts";
import { giveToOrdinaryUser, rootOrSkip } from "../../support/scratch.ts";
import { whileSwapped } from "../../support/swapping.ts";
import { zipEntries } from "../files/zip-entries.ts";
import { ServedPage } from "../page-fixture.ts";

// As in the end of a log, so that it would count as progress too.
const SECRET = "secret 4242 / 9999";

let page: ServedPage;

beforeEach(async () => {
  page = await ServedPage.start();
});

afterEach(async () => await page.close());

const STAGES = [
  ["running", "QM_Jobs"],
  ["finished", "QM_dJobs"],
] as const;

describe.each(STAGES)(
  "a hard link to a file of another owner, in the folder of a job that is %s,",
  (stage, name) => {
    const addresses = [
      "/",
      "/QM",
      "/jobs/job",
      "/jobs/job?attempt=1",
      `/raw/${name}/job/process.log`,
      `/raw/${name}/job/process.1.log`,
      `/raw/${name}/job/sub/linked.txt`,
      `/raw/${name}/job/process.log?download`,
      `/view/${name}/job/process.log`,
      `/view/${name}/job/sub/linked.txt`,
      // While the job runs its stream has no end.
      ...(stage === "finished" ? ["/jobs/job/log/stream"] : []),
      "/api/v1/jobs/job",
      "/api/v1/jobs/job/log",
      "/api/v1/jobs/job/log?attempt=1",
      "/api/v1/jobs?state=running",
      "/api/v1/status",
      "/metrics",
    ];

    beforeEach(() => {
      const secret = path.join(page.base, "secret");
      fs.writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
      const folder = page.put(stage, "job");
      fs.mkdirSync(path.join(folder, "sub"));
      for (const file of ["process.log", "process.1.log", "sub/linked.txt"])
        fs.linkSync(secret, path.join(folder, file));
      giveToOrdinaryUser(folder, path.join(folder, "sub"));
    });

    test("is read at no address", async () => {
      if (!rootOrSkip()) return;
      for (const address of addresses)
        expect((await page.get(address)).text, address).not.toMatch(/secret|4242/);
    });

    test("is not in its zip", async () => {
      if (!rootOrSkip()) return;
      for (const address of ["/download/job", "/download/job?only=results"]) {
        const file = path.join(page.base, "out.zip");
        fs.writeFileSync(file, (await page.get(address)).body);
        const entries = await zipEntries(file);
        expect(entries.get("job/QM_not_included.txt")).toContain(
          "process.log: is a hard link to a file of another owner",
        );
        expect([...entries.values()].join("\n")).not.toMatch(/secret 4242/);
      }
    });
  },
);

describe("while it is swapped for a link to somebody else's again and again,", () => {
  /** Of each address. */
  const MIN_TRIES = tries(300);

  const addresses = [
    "/raw/QM_dJobs/job/process.log",
    "/view/QM_dJobs/job/process.log",
    "/download/job",
    "/jobs/job",
    "/jobs/job/log/stream",
    "/api/v1/jobs/job/log",
  ];

  async function read(address: string): Promise<string> {
    const { status, body, text } = await page.get(address);
    if (status !== 200 || !address.startsWith("/download/")) return text;
    const file = path.join(page.base, "out.zip");
    fs.writeFileSync(file, body);
    return [...(await zipEntries(file)).values()].join("\n");
  }

  test.each([
    ["a log", "file", "process.log"],
    ["a job's folder", "folder", "."],
  ] as const)("%s is read at no address but as the job's own", async (_, what, target) => {
    const elsewhere = path.join(page.base, "elsewhere");
    fs.mkdirSync(elsewhere);
    fs.writeFileSync(path.join(elsewhere, "process.log"), SECRET);
    const folder = path.join(page.layout.finished, "job");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "process.log"), "ours");
    const secret = what === "file" ? path.join(elsewhere, "process.log") : elsewhere;
    await whileSwapped(what, path.join(folder, target), secret, async () => {
      for (const address of addresses) {
        const seen = new Set<boolean>();
        for (let tried = 0; tried < MIN_TRIES || seen.size < 2; tried += 1) {
          const text = await read(address);
          expect(text, address).not.toContain(SECRET);
          seen.add(/\bours\b/.test(text));
        }
      }
    });
  });
});
