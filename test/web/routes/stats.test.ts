import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServedPage } from "../page-fixture.ts";

const HOSTILE = `<script>alert(1)</script>"'\u202e@x`;

let served: ServedPage;
beforeEach(async () => {
  served = await ServedPage.start();
});
afterEach(async () => await served.close());

function putEnded(name: string, fields: Readonly<Record<string, unknown>> = {}): void {
  served.putEnded(name, { finishedAt: new Date().toISOString(), ...fields });
}

describe("the statistics page", () => {
  it("tells a newcomer what will stand there", async () => {
    const { status, text } = await served.get("/stats");
    expect(status).toBe(200);
    expect(text).toContain("No job has ended yet.");
    expect(text).not.toContain("<svg");
  });

  it("plots what happened, each plot named, described and with a table behind it", async () => {
    putEnded("a");
    putEnded("b", { owner: "bob@lab.org", state: "failed" });
    const { text } = await served.get("/stats");
    expect(text).toContain("2 jobs ended in the last 30 days, 1 of them not done.");
    const plots = [...text.matchAll(/<svg class="chart[^>]* role="img" aria-labelledby="(\S+) (\S+)">/g)];
    expect(plots).toHaveLength(6);
    for (const [, name, description] of plots) {
      expect(text).toContain(`<title id="${name}">`);
      expect(text).toContain(`<desc id="${description}">`);
    }
    expect(text.match(/<details class="figures"/g)).toHaveLength(4);
    expect(text).toMatch(/<th scope="row"><bdi>bob@lab\.org<\/bdi><\/th><td>1<\/td><td>1<\/td>/);
    expect(text).toContain('fill="url(#jobs-hatch)"');
  });

  it("counts attempts whose folders are gone", async () => {
    putEnded("a");
    await served.run(["delete", "a", "--yes"]);
    expect((await served.get("/stats")).text).toContain("1 job ended");
  });

  it("counts again once another job has ended", async () => {
    putEnded("a");
    expect((await served.get("/stats")).text).toContain("1 job ended");
    putEnded("b");
    expect((await served.get("/stats")).text).toContain("2 jobs ended");
  });

  it("has no inline style or script, and shows hostile owners as text", async () => {
    putEnded("a", { owner: HOSTILE });
    const { text } = await served.get(`/stats?owner=${encodeURIComponent(HOSTILE)}`);
    const everybody = await served.get("/stats?by=week&days=all");
    // The value of a field is given back as it is.
    for (const page of [text, everybody.text].map((whole) => whole.replace(/value="[^"]*"/g, ""))) {
      expect(page).not.toMatch(/<script>|\sstyle=|\son\w+=|\u202e@/);
      expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    }
  });

  it("passes over what makes no sense in its address", async () => {
    for (const query of ["by=year", "days=-1", "owner[]=x", "owner=a&owner=b", `owner=${"x".repeat(5000)}`])
      expect(await served.get(`/stats?${query}`)).toMatchObject({ status: 200 });
  });
});

describe("the statistics as CSV", () => {
  it("come as a file, with the same filter", async () => {
    putEnded("a");
    putEnded("b", { owner: "bob@lab.org" });
    const { headers, text } = await served.get("/stats.csv?owner=bob@lab.org");
    expect(headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": expect.stringMatching(
        /^attachment; filename="queue-statistics-\d{4}-\d\d-\d\d\.csv"$/,
      ),
      "x-content-type-options": "nosniff",
    });
    expect(text).toContain("all,,1,0,2,10,10\r\nowner,bob@lab.org,1,0,2,10,10\r\n");
    expect(text).not.toContain("ada");
  });

  it("are refused where the question makes no sense, as nobody would see that they answer another", async () => {
    for (const query of ["by=evil", "by=", "days=-1", "owner=a&owner=b"]) {
      const { status, text } = await served.get(`/stats.csv?${query}`);
      expect([status, text]).toEqual([
        400,
        expect.stringContaining(`${query.replace(/=.*/, "")}: it can be `),
      ]);
    }
    expect((await served.get("/stats.csv?by=week&days=all&owner=a")).status).toBe(200);
  });

  it("hold no formula that somebody chose for a name", async () => {
    putEnded("a", { owner: "=HYPERLINK(1)" });
    expect((await served.get("/stats.csv")).text).toContain("owner,'=HYPERLINK(1),1");
  });
});
