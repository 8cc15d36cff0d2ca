import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shownWorker } from "../../support/published-status.ts";
import { until } from "../../support/until.ts";
import { ServedPage } from "../page-fixture.ts";
import { sendRaw } from "../raw-request.ts";

let page: ServedPage;

beforeEach(async () => {
  page = await ServedPage.start({ licence: true, delete: true });
});

afterEach(async () => await page.close());

/** Everything below the queue's root with its content, to tell whether anything has changed. */
function contentOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const stats = fs.lstatSync(path.join(folder, name));
      return `${name} ${stats.ino} ${stats.isFile() ? fs.readFileSync(path.join(folder, name), "utf8") : ""}`;
    });
}

function act(address: string, form: Readonly<Record<string, string>> = {}) {
  return page.post(address, { token: page.tokens.form, ...form }, page.ownOrigin);
}

function publishWorkers(): void {
  const paused = { state: "paused", paused: true, closed: "paused by ann" } as const;
  const silent = {
    state: "silent",
    closed: "no word from it",
    lastWord: "2026-01-01T00:00:00.000Z",
  } as const;
  page.publish({
    workers: [shownWorker("lab1"), shownWorker("lab2", paused), shownWorker("lab3", silent)],
  });
  fs.mkdirSync(workersFolder("lab3"), { recursive: true });
}

function workersFolder(name: string): string {
  return path.join(page.layout.state, "workers", name);
}

function putJobs(): void {
  page.put("queue", "waits");
  page.put("running", "runs");
  page.put("lost", "lost");
  page.putEnded("ended");
}

const has = (stage: "queue" | "running" | "finished" | "lost", file: string) =>
  fs.existsSync(path.join(page.layout[stage], file));

const ACTING = [
  "/kill/waits",
  "/kill/runs",
  "/jobs/waits/hold",
  "/jobs/waits/release",
  "/jobs/waits/top",
  "/jobs/waits/reassign",
  "/jobs/ended/redo",
  "/delete/QM_dJobs/ended",
  "/delete/QM_lost+found/lost",
  "/pause",
  "/resume",
  "/workers/lab1/pause",
  "/workers/lab1/resume",
  "/workers/lab3/forget",
  "/api/v1/jobs/waits/kill",
  "/api/v1/jobs/waits/hold",
  "/api/v1/jobs/waits/release",
  "/api/v1/jobs/waits/top",
  "/api/v1/jobs/ended/redo",
  "/api/v1/jobs/ended",
  "/api/v1/pause",
  "/api/v1/resume",
  "/api/v1/workers/lab1/pause",
  "/api/v1/workers/lab1/resume",
  "/api/v1/workers/lab3/forget",
];

test.each(["GET", "HEAD", "OPTIONS", "TRACE"])(
  "%s changes nothing at any address that acts",
  async (method) => {
    putJobs();
    fs.writeFileSync(path.join(page.layout.queue, "waits/QM_HOLD"), "somebody\n");
    fs.writeFileSync(path.join(page.layout.root, "QM_PAUSE"), "somebody\n");
    publishWorkers();
    fs.writeFileSync(path.join(page.layout.root, "QM_PAUSE.LAB2"), "somebody\n");
    const before = contentOf(page.layout.root);
    for (const address of ACTING)
      for (const query of ["", `?token=${page.tokens.form}&_method=POST&clean=1`, "/"]) {
        const headers = { ...page.ownOrigin, "x-http-method-override": "POST" };
        expect((await page.send(method, address + query, headers)).status).toBeLessThan(500);
        expect((await page.send(method, address + query, page.bearer)).status).toBeLessThan(500);
      }
    expect(contentOf(page.layout.root)).toEqual(before);
  },
);

test("an address that only acts says so", async () => {
  const { status, headers } = await page.get("/jobs/waits/hold");
  expect(status).toBe(405);
  expect(headers.allow).toBe("POST");
});

test("kill and delete ask before they act, by a form that acts", async () => {
  putJobs();
  for (const address of ["/kill/runs", "/delete/QM_dJobs/ended"]) {
    const { status, text } = await page.get(address);
    expect(status).toBe(200);
    expect(text).toContain(`method="post" action="${address}"`);
    expect(text).toContain(`name="token" value="${page.tokens.form}"`);
    expect((await act(address)).status).toBe(303);
  }
  expect(fs.readFileSync(path.join(page.layout.running, "runs/QM_KILL"), "utf8")).toMatch(
    /^somebody at (::1|(::ffff:)?127\.0\.0\.1), through the page\n$/,
  );
  expect(has("finished", "ended")).toBe(false);
});

describe("nothing is asked that cannot be done:", () => {
  test.each([
    ["/kill/ended", "«ended» has ended: it cannot be killed"],
    ["/kill/lost", "«lost» has ended: it cannot be killed"],
    ["/delete/QM_Jobs/runs", "«runs» is running: it cannot be deleted"],
  ])("%s tells what is so instead, as its POST does", async (address, told) => {
    putJobs();
    for (const { status, text } of [await page.get(address), await act(address)]) {
      expect([status, text.includes(told)]).toEqual([403, true]);
      expect(text).not.toContain('<form class="acts"');
    }
  });

  test("a running job is deleted after it has been killed, which its answer says", async () => {
    putJobs();
    expect((await page.get("/delete/QM_Jobs/runs")).text).toContain("Kill it first");
  });

  test("a waiting job's address to delete leads to its withdrawal, after which it can be deleted", async () => {
    putJobs();
    const { status, headers } = await page.get("/delete/QM_qJobs/waits");
    expect([status, headers.location]).toEqual([302, "/kill/waits"]);
    expect((await page.get("/kill/waits")).text).toContain("Withdraw the job");
    expect((await act("/delete/QM_qJobs/waits")).text).toContain("Withdraw it first");
  });
});

describe("a second click on Run again", () => {
  /** As if it had run meanwhile, in no time. */
  function runOnce(): void {
    fs.rmSync(path.join(page.layout.queue, "ended"), { recursive: true });
    page.putEnded("ended", { runId: "second", attempt: 2 });
  }

  test.each(["/", "/jobs/ended"])("that was made on %s asks for no second run", async (address) => {
    putJobs();
    const { text } = await page.get(address);
    const shown = /name="attempt" value="(\d+)"[^>]*(?:jobs\/ended\/redo|><button>Run)/.exec(text)?.[1] ?? "";
    expect(shown).toBe("1");
    expect((await act("/jobs/ended/redo", { attempt: shown })).status).toBe(303);
    runOnce();
    const second = await act("/jobs/ended/redo", { attempt: shown });
    expect([second.status, second.text]).toEqual([403, expect.stringContaining("has run again meanwhile")]);
    expect(has("queue", "ended")).toBe(false);
    expect((await act("/jobs/ended/redo", { attempt: "2" })).status).toBe(303);
  });

  test("of a folder without a record counts from none", async () => {
    putJobs();
    expect((await page.get("/jobs/lost")).text).toContain('name="attempt" value="0"');
    expect((await act("/jobs/lost/redo", { attempt: "0" })).status).toBe(303);
    expect(has("queue", "lost")).toBe(true);
  });

  test("does through the API what it did, unless the attempt is told", async () => {
    putJobs();
    const redo = (body: object) => {
      const headers = { ...page.bearer, "content-type": "application/json" };
      return page.send("POST", "/api/v1/jobs/ended/redo", headers, JSON.stringify(body));
    };
    expect((await redo({ attempt: 1 })).status).toBe(200);
    runOnce();
    expect(await redo({ attempt: 1 })).toMatchObject({ status: 403 });
    expect((await redo({ attempt: -1 })).status).toBe(400);
    expect((await redo({})).status).toBe(200);
  });
});

describe("the way back", () => {
  const FILTERED = "/?owner=ada%40lab.org&page=1&waiting=2";

  test("of the front page's forms is that page as it was, filter and all", async () => {
    for (let number = 1; number <= 26; number += 1) page.put("queue", `waits-${number}`);
    const { text } = await page.get("/?owner=ada%40lab.org&waiting=2");
    const backs = [...text.matchAll(/name="back" value="([^"]*)"/g)].map(([, back]) => back);
    expect(backs).toEqual(Array(2).fill("/?owner=ada%40lab.org&amp;waiting=2"));
  });

  test("leads where one came from, whatever was done", async () => {
    putJobs();
    for (const address of ["/jobs/waits/hold", "/jobs/waits/top", "/kill/runs", "/jobs/ended/redo", "/pause"])
      expect((await act(address, { back: FILTERED })).headers.location, address).toBe(FILTERED);
    expect((await act("/delete/QM_lost+found/lost", { back: FILTERED })).headers.location).toBe(FILTERED);
  });

  test("of what is gone is the front page", async () => {
    putJobs();
    expect((await act("/delete/QM_dJobs/ended", { back: "/jobs/ended" })).headers.location).toBe("/");
  });

  test("through a question is kept, whatever the answer", async () => {
    putJobs();
    for (const address of ["/kill/runs", "/delete/QM_dJobs/ended"]) {
      const { text } = await page.get(address, { referer: page.url + FILTERED });
      const escaped = FILTERED.replaceAll("&", "&amp;");
      expect(text).toContain(`<a class="button" href="${escaped}">No, leave it</a>`);
      expect(text).toContain(`name="back" value="${escaped}"`);
    }
    const { text } = await page.get("/kill/runs", { referer: "http://evil.example/?waiting=2" });
    expect(text).toContain('href="/jobs/runs">No, leave it</a>');
  });

  test.each(["//evil", "/\\evil", "https:", "https://evil", "/\t/evil", "/\r\nSet-Cookie: a=b", "evil"])(
    "never leads to another site: %j",
    async (back) => {
      putJobs();
      expect((await act("/jobs/waits/hold", { back })).headers.location).toBe("/jobs/waits");
      expect((await act("/delete/QM_lost+found/lost", { back })).headers.location).toBe("/");
      const paused = await act("/pause", { back });
      expect([paused.headers.location, paused.headers["set-cookie"]]).toEqual(["/", undefined]);
    },
  );
});

describe("a POST", () => {
  test("puts the request where the manager finds it and leads back", async () => {
    putJobs();
    expect((await act("/jobs/waits/hold", { back: "/" })).headers.location).toBe("/");
    expect(has("queue", "waits/QM_HOLD")).toBe(true);
    expect((await act("/jobs/waits/release")).headers.location).toBe("/jobs/waits");
    expect(has("queue", "waits/QM_HOLD")).toBe(false);
    await act("/jobs/waits/top");
    expect(has("queue", "waits/QM_TOP")).toBe(true);
    await act("/kill/waits");
    expect(has("queue", "waits/QM_KILL")).toBe(true);
  });

  test("moves an ended job back into the queue", async () => {
    putJobs();
    expect((await act("/jobs/ended/redo")).headers.location).toBe("/jobs/ended");
    expect(has("queue", "ended")).toBe(true);
    expect(has("finished", "ended")).toBe(false);
  });

  test("pauses a worker and lets one go on", async () => {
    publishWorkers();
    const pause = path.join(page.layout.root, "QM_PAUSE.LAB1");
    const { text } = await page.get("/");
    for (const address of ["/workers/lab1/pause", "/workers/lab2/resume"])
      expect(text).toContain(`formaction="${address}"`);
    expect((await act("/workers/lab1/pause", { back: "/?waiting=2" })).headers.location).toBe("/?waiting=2");
    expect(fs.readFileSync(pause, "utf8")).toMatch(/, through the page\n$/);
    await act("/workers/lab1/resume");
    expect(fs.existsSync(pause)).toBe(false);
    expect((await act("/workers/lab9/pause")).status).toBe(404);
  });

  test("forgets a worker that is not heard of, and no other", async () => {
    publishWorkers();
    const { text } = await page.get("/");
    expect(text.match(/formaction="[^"]*\/forget"/g)).toEqual(['formaction="/workers/lab3/forget"']);
    expect((await act("/workers/lab1/forget")).status).toBe(403);
    expect((await act("/workers/lab3/forget", { back: "/" })).headers.location).toBe("/");
    expect(fs.existsSync(workersFolder("lab3"))).toBe(false);
  });

  test("reassigns a waiting job where there are several workers", async () => {
    putJobs();
    const job = {
      name: "waits",
      owner: "ann",
      description: "",
      processors: 1,
      priority: 0,
      bytes: 0,
      rank: 1,
    };
    const queuedAt = "2026-11-22T14:02:00.000Z";
    page.publish({
      workers: [shownWorker("lab1"), shownWorker("lab2")],
      waiting: [{ ...job, state: "waiting", held: false, reason: "first in line", queuedAt }],
    });
    const { text } = await page.get("/jobs/waits");
    expect([...text.matchAll(/<option>([^<]+)</g)].map(([, place]) => place)).toEqual([
      "worker lab1",
      "worker lab2",
      "any worker",
    ]);
    expect((await page.get("/jobs/runs")).text).not.toContain("<option>");
    await act("/jobs/waits/reassign", { to: "worker lab2" });
    expect(fs.readFileSync(path.join(page.layout.queue, "waits/QM_REASSIGN"), "utf8")).toMatch(
      /, through the page\nworker lab2\n$/,
    );
    expect((await act("/jobs/waits/reassign", { to: "worker lab9" })).status).toBe(404);
    expect((await act("/jobs/runs/reassign", { to: "worker lab2" })).status).toBe(403);
  });

  test("pauses the queue and lets it go on", async () => {
    await act("/pause");
    expect(fs.existsSync(path.join(page.layout.root, "QM_PAUSE"))).toBe(true);
    expect((await page.get("/")).text).toContain('action="/resume"');
    await act("/resume");
    expect(fs.existsSync(path.join(page.layout.root, "QM_PAUSE"))).toBe(false);
  });

  test.each([
    "/jobs/runs/hold",
    "/jobs/runs/top",
    "/jobs/ended/hold",
    "/kill/ended",
    "/jobs/waits/redo",
    "/jobs/runs/redo",
    "/delete/QM_qJobs/waits",
    "/delete/QM_Jobs/runs",
  ])("%s is refused in that state, and nothing changes", async (address) => {
    putJobs();
    const before = contentOf(page.layout.root);
    const { status, text } = await act(address);
    expect(status).toBe(403);
    expect(text).toContain(": it cannot be ");
    expect(contentOf(page.layout.root)).toEqual(before);
  });

  test("names the stage of what it deletes, and a job that has moved on stays", async () => {
    putJobs();
    for (const stage of ["QM_lost+found", "QM_qJobs", "qm_djobs", "..", ".qm", "finished", "__proto__"])
      expect((await act(`/delete/${encodeURIComponent(stage)}/ended`)).status).toBe(404);
    expect(has("finished", "ended")).toBe(true);
  });

  test("deletes by a move into the trash, and never what a link leads to", async () => {
    const outside = path.join(page.base, "outside");
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, "precious"), "stays");
    const folder = page.putEnded("with-links");
    fs.symlinkSync(outside, path.join(folder, "folder-link"));
    fs.symlinkSync(path.join(outside, "precious"), path.join(folder, "file-link"));
    fs.mkdirSync(path.join(folder, "shut/inner"), { recursive: true });
    fs.chmodSync(path.join(folder, "shut"), 0o000);
    expect((await act("/delete/QM_dJobs/with-links")).status).toBe(303);
    expect(has("finished", "with-links")).toBe(false);
    await until("the trash to be empty", () => fs.readdirSync(page.layout.trash).length === 0);
    expect(fs.readFileSync(path.join(outside, "precious"), "utf8")).toBe("stays");
  });

  test.each(["form", "API"])(
    "of the %s that deletes many files is answered, as all else is, while they are being removed",
    async (how) => {
      const folder = page.putEnded("many");
      for (let number = 0; number < 8_000; number += 1) fs.writeFileSync(path.join(folder, `f${number}`), "");
      const { status } =
        how === "form"
          ? await act("/delete/QM_dJobs/many")
          : await page.send("DELETE", "/api/v1/jobs/many", page.bearer);
      expect(status).toBe(how === "form" ? 303 : 200);
      expect(has("finished", "many")).toBe(false);
      expect((await page.get("/")).status).toBe(200);
      expect(fs.readdirSync(page.layout.trash)).toHaveLength(1);
      await until("the trash to be empty", () => fs.readdirSync(page.layout.trash).length === 0);
      expect(page.said).toEqual([]);
    },
  );

  test("to delete is carried on with by the next page where one was ended meanwhile", async () => {
    const folder = page.putEnded("many");
    for (let number = 0; number < 8_000; number += 1) fs.writeFileSync(path.join(folder, `f${number}`), "");
    await act("/delete/QM_dJobs/many");
    await page.restart();
    await until("the trash to be empty", () => fs.readdirSync(page.layout.trash).length === 0);
  });

  test("deletes by way of the trash alone: where that cannot be, everything stays", async () => {
    const folder = page.putEnded("stays");
    fs.writeFileSync(page.layout.trash, "a file in its place");
    const { status, text } = await act("/delete/QM_dJobs/stays");
    expect(status).toBe(500);
    expect(text).toContain("cannot be deleted");
    expect(fs.existsSync(path.join(folder, "process.log"))).toBe(true);
  });

  test("takes no link for a job", async () => {
    const outside = path.join(page.base, "outside");
    fs.mkdirSync(outside);
    for (const stage of ["queue", "running", "finished"] as const)
      fs.symlinkSync(outside, path.join(page.layout[stage], "link"));
    for (const address of ["/kill/link", "/jobs/link/hold", "/jobs/link/redo", "/delete/QM_dJobs/link"])
      expect((await act(address)).status).toBe(404);
    expect(fs.readdirSync(outside)).toEqual([]);
    expect(has("finished", "link")).toBe(true);
  });
});

describe("without the licence", () => {
  const permissions = async (licence: boolean, mayDelete: boolean) => {
    await page.close();
    page = await ServedPage.start({ licence, delete: mayDelete });
    putJobs();
    page.publish({ waiting: [], running: [] });
  };
  const acts = /action="\/(?:jobs|kill|pause|resume)|href="\/kill/;
  const deletes = /(?:href|action)="\/delete/;

  test("neither button nor address of the page acts, with the token for programs either", async () => {
    await permissions(false, true);
    const before = contentOf(page.layout.root);
    for (const address of ["/", "/jobs/waits", "/jobs/runs", "/jobs/ended"])
      expect((await page.get(address)).text).not.toMatch(acts);
    expect((await page.get("/")).text).toMatch(deletes);
    expect((await page.get("/kill/runs")).status).toBe(403);
    for (const address of ACTING.filter((acting) => !/delete|ended$/.test(acting))) {
      expect((await act(address)).status).toBe(403);
      if (!address.startsWith("/api/")) expect((await page.post(address, {}, page.bearer)).status).toBe(403);
    }
    expect(contentOf(page.layout.root)).toEqual(before);
  });

  test("to delete, nothing is deleted, but all else acts", async () => {
    await permissions(true, false);
    for (const address of ["/", "/jobs/ended", "/jobs/lost"])
      expect((await page.get(address)).text).not.toMatch(deletes);
    expect((await page.get("/delete/QM_dJobs/ended")).status).toBe(403);
    expect((await act("/delete/QM_dJobs/ended")).status).toBe(403);
    expect((await page.post("/delete/QM_dJobs/ended", {}, page.bearer)).status).toBe(403);
    expect(has("finished", "ended/process.log")).toBe(true);
    expect((await act("/kill/runs")).status).toBe(303);
  });

  test("to end it, a waiting job's address to delete says so", async () => {
    await permissions(false, true);
    const { status, text } = await page.get("/delete/QM_qJobs/waits");
    expect([status, text.includes("«waits» is waiting: it cannot be deleted")]).toEqual([403, true]);
  });

  test("a configuration that is changed counts while the page runs", async () => {
    await permissions(true, true);
    const file = path.join(page.base, "QMserv.cfg");
    const text = fs.readFileSync(file, "utf8");
    const statusBecomes = async (status: number) => {
      let found = 0;
      const look = setInterval(async () => {
        found = (await page.get("/kill/runs")).status;
      }, 100);
      await until(`the answer ${status}`, () => found === status).finally(() => clearInterval(look));
    };
    fs.writeFileSync(file, text.replace("Licence_to_kill = True", "Licence_to_kill = False"));
    await statusBecomes(403);
    expect((await page.get("/")).text).not.toMatch(acts);
    fs.writeFileSync(file, text);
    await statusBecomes(200);
    fs.writeFileSync(file, text.replace("MaxNbProcessors = 2", "MaxNbProcessors = nonsense"));
    expect((await page.get("/")).status).toBe(200);
  });
});

describe("a name from a stranger", () => {
  const outsideNames = [
    "..",
    ".",
    "%2e%2e",
    "..%2f..%2foutside",
    "%252e%252e%252foutside",
    "..%5coutside",
    "%00",
    "waits%00",
    "%2fetc",
    "%2fetc%2fpasswd",
    "..%c0%af..",
    "%ff",
    "%",
    "%zz",
    "",
    ".qm",
    "waits%2f.qm",
    "x".repeat(300),
    "%e2%82%ac".repeat(90),
    "x".repeat(9000),
    "%0d%0aSet-Cookie:%20a=b",
    "__proto__",
    "constructor",
  ];
  const addresses = (name: string) => [
    `/jobs/${name}`,
    `/jobs/${name}/hold`,
    `/jobs/${name}/redo`,
    `/jobs/${name}/log/stream`,
    `/kill/${name}`,
    `/delete/QM_dJobs/${name}`,
    `/delete/${name}/ended`,
    `/QM_dJobs/${name}/`,
    `/download/${name}`,
    `/raw/QM_dJobs/${name}/process.log`,
    `/view/${name}/ended/process.log`,
    `/static/${name}`,
    `/api/v1/jobs/${name}`,
    `/api/v1/jobs/${name}/log`,
    `/api/v1/jobs/${name}/files`,
    `/api/v1/jobs/ended/files?path=${name}`,
    `/api/v1/jobs/${name}/kill`,
    `/api/v1/jobs/${name}/redo`,
  ];

  test("leads nowhere outside, is no error of ours and changes nothing, by GET and by POST", async () => {
    putJobs();
    fs.mkdirSync(path.join(page.base, "outside"));
    fs.writeFileSync(path.join(page.base, "outside/process.log"), "SECRET\n");
    const before = contentOf(page.base);
    for (const name of outsideNames)
      for (const address of addresses(name)) {
        const got = await sendRaw(
          page.url,
          `GET ${address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
        );
        expect(got, address).toMatch(/^HTTP\/1\.1 [234]/);
        expect(got, address).not.toMatch(/SECRET|root:|Set-Cookie: a=b\r\n/);
        const { status, headers } = await act(address);
        expect(status, address).toBeLessThan(500);
        expect(headers["set-cookie"]).toBeUndefined();
      }
    expect(contentOf(page.base)).toEqual(before);
    expect(page.said).toEqual([]);
  });
});
