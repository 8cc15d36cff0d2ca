import fs from "node:fs";
import path from "node:path";
import ejs from "ejs";
import { describe, expect, it } from "vitest";
import type { Stage } from "../../../src/queue/layout.ts";
import { attemptAskedFor, readShownLog } from "../../../src/web/log/shown-log.ts";
import { logView } from "../../../src/web/view/log-view.ts";
import { JobFolder } from "../log/job-folder.ts";

const HOSTILE = `</pre><script>alert("1")</script>`;

function viewOf(job: JobFolder, attempt?: number) {
  return logView(readShownLog({ name: job.name, stage: job.stage, folder: job.folder }, attempt));
}

async function rendered(view: object): Promise<string> {
  return await ejs.renderFile(path.join(import.meta.dirname, "../../../views/partials/log.ejs"), {
    log: view,
  });
}

function jobWith(log: string | undefined, stage: Stage = "running", name = "job"): JobFolder {
  const job = new JobFolder(stage, name);
  if (log !== undefined) job.append(log);
  return job;
}

describe("the log on a job's page", () => {
  it("shows lines, and where the stream goes on", () => {
    const view = viewOf(jobWith("one\n\x1b[1mtwo\n50 %\r60 %"));
    expect(view).toMatchObject({
      lines: [[{ text: "one", classes: "" }], [{ text: "two", classes: "bold" }]],
      partial: [{ text: "60 %", classes: "bold" }],
      emptyText: "",
      cutText: "",
      fromByte: 0,
      toByte: 21,
      isLive: true,
      stream: "/jobs/job/log/stream",
      raw: "/raw/QM_Jobs/job/process.log",
      download: "/raw/QM_Jobs/job/process.log?download",
      attempts: [],
    });
    expect(view.from).toMatch(/^12@\d+:\d+$/);
  });

  it("shows the last 1,000 lines of a long one, and says that there are more", () => {
    const view = viewOf(jobWith("0123456789abcdef\n".repeat(2000)));
    expect(view.lines).toHaveLength(1000);
    expect(view).toMatchObject({ fromByte: 17_000, cutText: expect.stringContaining("17.0 kB") });
  });

  it.each([
    ["queue", "of the attempt before\n", true, "The log begins when the job starts."],
    ["running", "", true, "The log is empty so far."],
    ["running", undefined, true, "There is no log."],
    ["finished", undefined, false, "There is no log."],
  ] as const)("of a job in %s with a log of %j says so", (stage, log, isLive, emptyText) => {
    expect(viewOf(jobWith(log, stage))).toMatchObject({ lines: [], isLive, emptyText });
  });

  it("is that of an earlier attempt where it is asked for", () => {
    const job = jobWith("third\n");
    for (const number of [1, 2])
      fs.writeFileSync(path.join(job.folder, `process.${number}.log`), `${number}\n`);
    const view = viewOf(job, attemptAskedFor("2"));
    expect(view).toMatchObject({ lines: [[{ text: "2" }]], isLive: false });
    expect(view.raw).toBe("/raw/QM_Jobs/job/process.2.log");
    expect(view.attempts).toEqual([
      { text: "Earlier log 1", href: "/jobs/job?attempt=1", isCurrent: false },
      { text: "Earlier log 2", href: "/jobs/job?attempt=2", isCurrent: true },
      { text: "Latest", href: "/jobs/job", isCurrent: false },
    ]);
    expect(viewOf(job, 9)).toMatchObject({
      lines: [],
      raw: undefined,
      emptyText: "There is no earlier log 9.",
    });
  });

  it("that is not there leads back to the present one, where there is no other", () => {
    const { attempts, emptyText } = viewOf(jobWith("only\n"), 1);
    expect(emptyText).toBe("There is no earlier log 1.");
    expect(attempts).toEqual([{ text: "Latest", href: "/jobs/job", isCurrent: false }]);
  });

  it.each([undefined, "", "0", "-1", "1.5", "../1", "99999", ["1"]])("knows no attempt %j", (query) => {
    expect(attemptAskedFor(query)).toBeUndefined();
  });
});

describe("the template", () => {
  it("renders each line, and nothing else, inside the log", async () => {
    const html = await rendered(viewOf(jobWith("one\n\n \x1b[31mtwo\x1b[0m three\nfour")));
    expect(/<pre[^>]*>(.*)<\/pre>/s.exec(html)?.[1]).toBe(
      '<span class="line">one\n</span><span class="line">\n</span>' +
        '<span class="line"> <span class="fg-1">two</span> three\n</span>' +
        '<span class="line unfinished">four</span>',
    );
  });

  it("lets nothing out of its text", async () => {
    const html = await rendered(viewOf(jobWith(`${HOSTILE}\n${HOSTILE}`, "running", '"><script>alert(1)<')));
    expect(html).not.toContain("<script");
    expect(html.match(/<\/pre>/g)).toHaveLength(1);
  });

  it.each(["yes", "no"])("says whether it is live: %s", async (isLive) => {
    const html = await rendered(viewOf(jobWith("one\n", isLive === "yes" ? "running" : "finished")));
    expect(html).toContain(`data-live="${isLive}"`);
  });
});
