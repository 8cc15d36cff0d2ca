import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { giveToOrdinaryUser, rootOrSkip } from "../../support/scratch.ts";
import { zipEntries } from "../files/zip-entries.ts";
import { ServedPage } from "../page-fixture.ts";

// As in the end of a log, so that it would count as progress too.
const SECRET = "secret 4242 / 9999";

let page: ServedPage;

beforeEach(async () => {
  page = await ServedPage.start();
});

afterEach(async () => await page.close());

const SHELVES = [
  ["running", "QM_Jobs"],
  ["finished", "QM_dJobs"],
] as const;

describe.each(SHELVES)(
  "a hard link to a file of another owner, in the folder of a job that is %s,",
  (shelf, name) => {
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
      ...(shelf === "finished" ? ["/jobs/job/log/stream"] : []),
      "/api/v1/jobs/job",
      "/api/v1/jobs/job/log",
      "/api/v1/jobs/job/log?attempt=1",
      "/api/v1/jobs?state=running",
      "/api/v1/status",
      "/metrics",
    ];

    beforeEach(() => {
      const secret = path.join(page.scratch.folder, "secret");
      fs.writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
      const folder = page.scratch.put(shelf, "job");
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
        const file = path.join(page.scratch.folder, "out.zip");
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
