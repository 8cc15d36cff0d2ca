import fs from "node:fs";
import path from "node:path";
import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import type { Router } from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { apiRouter } from "../../../src/web/routes/api.ts";
import { SILENT, shownWorker } from "../../support/published-status.ts";
import { pause } from "../../support/until.ts";
import { type Answer, ServedPage } from "../page-fixture.ts";

/** Longer than between two looks at the queue. */
const LOOK_MS = 600;

let served: ServedPage;
beforeEach(async () => {
  served = await ServedPage.start({ licence: true, delete: true });
});
afterEach(async () => await served.close());

interface Documented {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { responses: Readonly<Record<string, unknown>> }>>>
  >;
}

async function get(address: string): Promise<{ status: number; body: unknown }> {
  const { status, text } = await served.get(`/api/v1${address}`);
  return { status, body: JSON.parse(text) };
}

function act(method: string, address: string, body?: object): Promise<Answer> {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  const text = body === undefined ? "" : JSON.stringify(body);
  return served.send(method, `/api/v1${address}`, { ...served.bearer, ...json }, text);
}

/** A queue with something in every state. */
function fill(): void {
  served.putEnded("done", { size: "12 atoms", leftProcesses: { count: 1, names: ["sh"] } });
  served.putEnded("broken", {
    state: "failed",
    reason: "exit code 3",
    exitCode: 3,
    owner: "bob@lab.org",
  });
  for (const name of ["waits", "held", "arrives"]) served.put("queue", name);
  const runs = served.put("running", "runs");
  fs.writeFileSync(path.join(runs, "process.log"), "step 3 / 10\n");
  const common = {
    owner: "ada@lab.org",
    description: "d",
    processors: 1,
    queuedAt: "2026-01-01T00:00:00.000Z",
  };
  const waiting = {
    ...common,
    state: "waiting" as const,
    priority: 0,
    bytes: 10,
    rank: 1,
    held: false,
    reason: "next",
    expectedStartSeconds: 5,
  };
  served.publish({
    waiting: [
      { ...waiting, name: "waits" },
      { ...waiting, name: "held", held: true, rank: 2 },
    ],
    running: [{ ...common, name: "runs", runId: "r", attempt: 1, state: "running", note: "slow" }],
    arriving: [{ name: "arrives", state: "arriving", bytes: 1, files: 1, reason: "still being copied" }],
    strays: [{ name: "notes.txt", reason: "it is a file" }],
    closed: "paused",
    workers: [
      shownWorker("lab1", { running: ["runs"], labels: ["gpu"], pools: ["day"], maxJobs: 2 }),
      shownWorker("lab2", { ...SILENT, running: ["silent"] }),
      shownWorker("lab3", SILENT),
    ],
  });
}

describe("the description of the API", () => {
  /** Requests that make every operation answer as it does when all goes well. */
  const REQUESTS: readonly (readonly [operation: string, address: string, body?: object])[] = [
    ["get /status", "/status"],
    ["get /stats", "/stats?days=all&by=week"],
    ["get /stats", "/stats?owner=bob@lab.org"],
    ["get /jobs", "/jobs"],
    ["get /jobs", "/jobs?state=running"],
    ["get /jobs", "/jobs?state=waiting&q=held"],
    ["get /jobs", "/jobs?state=arriving"],
    ["get /jobs", "/jobs?outcome=trouble&since=2026-01-01"],
    ["get /jobs/{name}", "/jobs/done"],
    ["get /jobs/{name}", "/jobs/waits"],
    ["get /jobs/{name}", "/jobs/runs"],
    ["get /jobs/{name}", "/jobs/arrives"],
    ["get /jobs/{name}/wait", "/jobs/done/wait"],
    ["get /jobs/{name}/wait", "/jobs/runs/wait?timeout=0"],
    ["get /jobs/{name}/log", "/jobs/done/log?lines=2"],
    ["get /jobs/{name}/files", "/jobs/done/files?path=.qm"],
    ["post /jobs/{name}/kill", "/jobs/runs/kill"],
    ["post /jobs/{name}/lost", "/jobs/silent/lost"],
    ["post /jobs/{name}/hold", "/jobs/waits/hold"],
    ["post /jobs/{name}/release", "/jobs/held/release"],
    ["post /jobs/{name}/top", "/jobs/waits/top"],
    ["post /jobs/{name}/reassign", "/jobs/waits/reassign", { to: "pool day" }],
    ["post /jobs/{name}/redo", "/jobs/broken/redo", { clean: false }],
    ["delete /jobs/{name}", "/jobs/done"],
    ["get /jobs/{name}", "/jobs/done"],
    ["post /pause", "/pause"],
    ["post /resume", "/resume"],
    ["get /workers", "/workers"],
    ["post /workers/{name}/pause", "/workers/LAB2/pause", { note: "new card" }],
    ["post /workers/{name}/resume", "/workers/lab2/resume"],
    ["post /workers/{name}/forget", "/workers/lab3/forget"],
    ["get /openapi.json", "/openapi.json"],
    ["post /jobs", "/jobs", { command: ["echo", "a b"], name: "new", hold: true, nb_proc: 1 }],
  ];

  it("holds what every operation really answers, and leaves no operation out", async () => {
    fill();
    const document = JSON.parse((await served.get("/api/v1/openapi.json")).text) as Documented;
    const ajv = new Ajv2020({ strict: false }).addSchema(document as unknown as AnySchema, "api");
    const seen = new Set<string>();
    served.put("running", "silent");
    fs.mkdirSync(path.join(served.layout.state, "workers", "lab3"), { recursive: true });
    for (const [operation, address, body] of REQUESTS) {
      const [method = "", at = ""] = operation.split(" ");
      // Nobody is there then who would admit a job.
      if (operation === "post /jobs") fs.rmSync(served.layout.status);
      const answer = await act(method.toUpperCase(), address, body);
      const [expected] = Object.keys(document.paths[at]?.[method]?.responses ?? {});
      expect([operation, String(answer.status), answer.status < 400 || answer.text]).toEqual([
        operation,
        expected,
        true,
      ]);
      const type = answer.headers["content-type"]?.split(";")[0] ?? "";
      const place = ["paths", at, method, "responses", expected ?? "", "content", type, "schema"];
      const value: unknown = type === "application/json" ? JSON.parse(answer.text) : answer.text;
      const pointer = place.map((part) =>
        encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")),
      );
      expect([
        operation,
        ajv.validate({ $ref: `api#/${pointer.join("/")}` }, value),
        ajv.errorsText(),
      ]).toEqual([operation, true, "No errors"]);
      seen.add(operation);
    }
    expect([...seen].sort()).toEqual(documentedOperations(document));
  });

  it("tells of every route there is", async () => {
    const document = (await get("/openapi.json")).body as Documented;
    expect(routesOf(apiRouter({} as Parameters<typeof apiRouter>[0]))).toEqual(
      documentedOperations(document),
    );
  });

  it("gives each operation a summary, its parameters, its answers and the refusals that it has", async () => {
    const { paths } = (await get("/openapi.json")).body as Documented;
    for (const [at, { servers, ...methods }] of Object.entries(paths))
      for (const operation of Object.values(methods)) {
        expect(operation).toMatchObject({
          operationId: expect.any(String),
          summary: expect.stringMatching(/.{10}/),
        });
        const named = { name: "name", in: "path", required: true };
        if (at.includes("{name}"))
          expect(operation).toMatchObject({ parameters: [named, ...restOf(operation)] });
        const refusals = servers === undefined ? ["400", "405", "421", "500"] : [];
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(refusals));
      }
    expect(paths["/jobs"]?.["get"]).toMatchObject({
      parameters: ["state", "q", "owner", "outcome", "since", "page"].map((name) => ({ name, in: "query" })),
    });
  });

  it("describes refusals as they are", async () => {
    const document = JSON.parse((await served.get("/api/v1/openapi.json")).text) as Documented;
    const isError = new Ajv2020({ strict: false })
      .addSchema(document as unknown as AnySchema, "api")
      .compile({ $ref: "api#/components/schemas/Error" });
    for (const address of [
      "/jobs/none",
      "/jobs/none/log",
      "/jobs/none/files",
      "/jobs?page=0",
      "/nothing",
      "/jobs/%ff",
    ])
      expect([address, isError((await get(address)).body)]).toEqual([address, true]);
    fill();
    const forbidden = await act("POST", "/jobs/done/kill");
    const elsewhere = await served.send("PUT", "/api/v1/jobs", served.bearer);
    const long = await act("POST", "/pause", { x: "y".repeat(100_000) });
    for (const [status, answer] of [
      [403, forbidden],
      [405, elsewhere],
      [413, long],
    ] as const)
      expect([answer.status, isError(JSON.parse(answer.text))]).toEqual([status, true]);
    // The guards answer before anybody knows what was asked for.
    for (const [status, answer] of [
      [403, await served.send("POST", "/api/v1/pause", {})],
      [421, await served.get("/api/v1/status", { host: "evil.example" })],
    ] as const)
      expect([answer.status, answer.headers["content-type"]]).toEqual([status, "text/plain; charset=utf-8"]);
    fs.rmSync(served.layout.queue, { recursive: true });
    const away = await get("/status");
    expect([away.status, isError(away.body)]).toEqual([503, true]);
    const { responses } = document.paths["/pause"]?.["post"] ?? { responses: {} };
    expect(responses).toMatchObject({
      403: { content: { "application/json": {}, "text/plain": {} } },
      405: { $ref: "#/components/responses/OtherMethod" },
      413: { $ref: "#/components/responses/TooLong" },
      421: { $ref: "#/components/responses/OtherHost" },
      503: { $ref: "#/components/responses/QueueAway" },
    });
  });

  it("describes the addresses elsewhere that programs may use, as they are", async () => {
    fill();
    const { paths } = (await get("/openapi.json")).body as Documented;
    const addresses = {
      "/download/{name}": "/download/done?only=results",
      "/jobs/{name}/log/stream": "/jobs/done/log/stream?from=3",
      "/stats.csv": "/stats.csv?by=week",
    };
    for (const [at, address] of Object.entries(addresses)) {
      const { status, headers } = await served.get(address);
      const type = headers["content-type"]?.split(";")[0] ?? "";
      expect([at, status]).toEqual([at, 200]);
      expect(paths[at]).toMatchObject({
        servers: [{ url: "/" }],
        get: { responses: { 200: { content: { [type]: {} } } } },
      });
    }
    expect((await served.send("HEAD", "/events", {})).headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(paths["/events"]).toMatchObject({
      get: { responses: { 200: { content: { "text/event-stream": {} } } } },
    });
  });
});

/** Those below `/api/v1`: others name a server of their own. */
function documentedOperations({ paths }: Documented): string[] {
  const all = Object.entries(paths)
    .filter(([, methods]) => !("servers" in methods))
    .flatMap(([at, methods]) => Object.keys(methods).map((method) => `${method} ${at}`));
  return all.sort();
}

function routesOf(router: Router): string[] {
  const all = router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const at = route.path.replace("/api/v1", "").replace(/:(\w+)/g, "{$1}");
    return route.stack.flatMap(({ method }) => (typeof method === "string" ? [`${method} ${at}`] : []));
  });
  return all.sort();
}

function restOf(operation: object): unknown[] {
  return "parameters" in operation && Array.isArray(operation.parameters)
    ? operation.parameters.slice(1)
    : [];
}

describe("the status", () => {
  it("is the same as on the command line", async () => {
    fill();
    const { body } = await get("/status");
    const { disk: _here, permissions, ...page } = body as Record<string, unknown>;
    const { disk: _there, ...shell } = (await served.json("status")) as Record<string, unknown>;
    expect(page).toEqual(shell);
    expect(permissions).toEqual({ act: true, delete: true });
  });

  it("tells what may be done, which the configuration says", async () => {
    await served.close();
    served = await ServedPage.start({ delete: true });
    expect((await get("/status")).body).toMatchObject({ permissions: { act: false, delete: true } });
  });
});

describe("the list of jobs", () => {
  it("has pages, newest first, each leading to the next with the same filter", async () => {
    for (let at = 0; at < 120; at += 1)
      served.putEnded(`job-${at}`, {
        finishedAt: new Date(1.7e12 + at * 1000).toISOString(),
        state: "failed",
      });
    served.putEnded("other");
    const names: string[] = [];
    let next: string | undefined = "/api/v1/jobs?outcome=failed&q=JOB";
    while (next !== undefined) {
      const { total, jobs, nextLink } = JSON.parse((await served.get(next)).text) as {
        total: number;
        jobs: { name: string }[];
        nextLink?: string;
      };
      expect(total).toBe(120);
      names.push(...jobs.map(({ name }) => name));
      next = nextLink;
    }
    expect(names).toEqual(Array.from({ length: 120 }, (_, at) => `job-${119 - at}`));
  });

  it("chooses among those that have not ended too", async () => {
    fill();
    expect((await get("/jobs?state=waiting&q=HEL")).body).toMatchObject({
      total: 1,
      jobs: [{ name: "held" }],
    });
    expect((await get("/jobs?state=running&owner=nobody")).body).toMatchObject({ total: 0, jobs: [] });
    expect((await get("/jobs?owner=BOB@lab.org")).body).toMatchObject({
      jobs: [{ name: "broken", state: "failed" }],
    });
  });

  it("has what has failed since a time", async () => {
    for (const day of [1, 2, 3])
      served.putEnded(`failed-${day}`, {
        state: "failed",
        finishedAt: `2026-01-0${day}T10:00:00.000Z`,
      });
    served.putEnded("done", { finishedAt: "2026-01-03T11:00:00.000Z" });
    const names = async (since: string) => {
      const { body } = await get(`/jobs?outcome=trouble&since=${encodeURIComponent(since)}`);
      return (body as { jobs: { name: string }[] }).jobs.map(({ name }) => name);
    };
    expect(await names("2026-01-02")).toEqual(["failed-3", "failed-2"]);
    expect(await names("2026-01-02T10:00:00Z")).toEqual(["failed-3", "failed-2"]);
    expect(await names("2026-01-02T12:00:01+02:00")).toEqual(["failed-3"]);
  });

  it("tells the last line of the log of each job that runs", async () => {
    fill();
    expect((await get("/jobs?state=running")).body).toMatchObject({
      jobs: [{ name: "runs", lastLine: "step 3 / 10" }],
    });
  });

  it("refuses questions that make no sense", async () => {
    for (const query of [
      "since=yesterday",
      "since=2026-01-02T10:00",
      "state=odd",
      "outcome=good",
      "page=0",
      "page=x",
      "page=1.5",
      "q=a&q=b",
    ])
      expect(await get(`/jobs?${query}`)).toMatchObject({ status: 400, body: { error: { code: "usage" } } });
  });
});

describe("a job that a program submits", () => {
  it("is its command to the letter, with its files and options, for who holds the token", async () => {
    const command = `echo 'a;b' "&c" %d +e #f\ncat data/in.txt ${"x".repeat(100_000)}`;
    const body = {
      command,
      name: "job",
      nb_proc: 2,
      group: "g",
      files: { "data/in.txt": "ü", run: "#!/bin/sh\n" },
    };
    const { status, text } = await act("POST", "/jobs", body);
    expect([status, JSON.parse(text)]).toEqual([
      201,
      { version: 1, name: "job", warnings: [], link: "/jobs/job" },
    ]);
    expect(await served.json("show", "job")).toMatchObject({ info: { group: "g", processors: 2 } });
    // Longer than an info file may be.
    expect(fs.readFileSync(path.join(served.layout.queue, "job/qm-command.sh"), "utf8")).toContain(command);
    expect(fs.readFileSync(path.join(served.layout.queue, "job/data/in.txt"), "utf8")).toBe("ü");
    expect(fs.statSync(path.join(served.layout.queue, "job/run")).mode & 0o111).toBe(0o111);
  });

  it("is refused with what is wrong, and nothing is left of it", async () => {
    const bodies: readonly (readonly [object, string])[] = [
      [{}, "command"],
      [{ command: "" }, "command"],
      [{ command: [] }, "command"],
      [{ command: 7 }, "command"],
      [{ command: "true", scirpt: "x" }, "scirpt"],
      [{ command: "true", nb_proc: "many" }, "nb_proc"],
      [{ command: "true", name: "../x" }, "../x"],
      [{ command: "true", files: { "../x": "" } }, "../x"],
      [{ command: "true", files: { QM_KILL: "" } }, "QM_KILL"],
      [{ command: "true", files: { a: 1 } }, "files.a"],
    ];
    for (const [body, named] of bodies) {
      const { status, text } = await act("POST", "/jobs", body);
      expect([named, status, text]).toEqual([named, 400, expect.stringContaining(named)]);
    }
    expect(await act("POST", "/jobs", { command: "x".repeat(1_100_000) })).toMatchObject({ status: 413 });
    expect(fs.readdirSync(served.layout.queue)).toEqual([]);
  });

  it("is none of a page's visitor, whatever the page may do", async () => {
    const send = (headers: object, body: object) =>
      served.send(
        "POST",
        "/api/v1/jobs",
        { "content-type": "application/json", ...headers },
        JSON.stringify(body),
      );
    const form = { command: "true", token: served.tokens.form };
    expect(await send(served.ownOrigin, form)).toMatchObject({ status: 403 });
    expect(await send({}, { command: "true" })).toMatchObject({ status: 403 });
    expect(await send({ authorization: "Bearer wrong" }, { command: "true" })).toMatchObject({ status: 403 });
    expect(fs.readdirSync(served.layout.queue)).toEqual([]);
  });
});

describe("one job", () => {
  it("is told of as on the command line, with its attempts", async () => {
    fill();
    const { attempts, can, links, ...page } = (await get("/jobs/done")).body as Record<string, unknown>;
    expect(page).toEqual(await served.json("show", "done"));
    expect(can).toEqual({
      kill: false,
      lost: false,
      hold: false,
      release: false,
      top: false,
      reassign: false,
      redo: true,
      delete: true,
    });
    expect(links).toEqual({
      zip: "/download/done",
      results: "/download/done?only=results",
      logStream: "/jobs/done/log/stream",
    });
    expect((await get("/jobs/held")).body).toMatchObject({
      can: { kill: true, hold: false, release: true, top: true, redo: false, delete: false },
    });
    expect(attempts).toMatchObject([{ name: "done", attempt: 1, finishedAt: "2026-01-05T11:00:10.000Z" }]);
  });

  it("is waited for until it has ended, whatever its name is then, or for so long", async () => {
    fill();
    expect((await get("/jobs/runs/wait?timeout=0.1")).body).toMatchObject({ state: "running" });
    const waited = get("/jobs/waits/wait?timeout=300");
    fs.renameSync(path.join(served.layout.queue, "waits"), path.join(served.layout.running, "waits"));
    await pause(LOOK_MS);
    const folder = served.putEnded("made", { name: "waits-2", state: "failed", exitCode: 4 });
    fs.cpSync(folder, path.join(served.layout.running, "waits"), { recursive: true });
    fs.rmSync(folder, { recursive: true });
    fs.renameSync(path.join(served.layout.running, "waits"), path.join(served.layout.finished, "waits-2"));
    expect((await waited).body).toMatchObject({
      name: "waits-2",
      stage: "finished",
      record: { state: "failed", exitCode: 4 },
    });
    expect(await get("/jobs/done/wait?timeout=x")).toMatchObject({ status: 400 });
    expect(await get("/jobs/none/wait")).toMatchObject({ status: 404 });
  });

  it("is known after its folder has gone", async () => {
    fill();
    await act("DELETE", "/jobs/broken");
    expect(await get("/jobs/broken")).toMatchObject({
      status: 200,
      body: { stage: "gone", record: { exitCode: 3 }, attempts: [{ state: "failed" }] },
    });
    expect((await get("/jobs/broken")).body).not.toHaveProperty("can");
  });

  it("is not found under names that lead elsewhere", async () => {
    fill();
    for (const name of ["none", "..", "%2e%2e", "..%2fQM_dJobs%2fdone", "done%00", ".qm", "a".repeat(300)])
      for (const part of ["", "/log", "/files"])
        expect([name, (await served.get(`/api/v1/jobs/${name}${part}`)).status]).toEqual([name, 404]);
  });

  it("has a log, as many of its last lines as are asked for", async () => {
    fill();
    const { headers, text } = await served.get("/api/v1/jobs/done/log?lines=2");
    expect([headers["content-type"], text]).toEqual(["text/plain; charset=utf-8", "second\nthird\n"]);
    expect(await get("/jobs/waits/log")).toMatchObject({
      status: 404,
      body: { error: { code: "no_such_job" } },
    });
    expect(await get("/jobs/done/log?lines=0")).toMatchObject({ status: 400 });
  });

  it("lists its files, inside its folder alone", async () => {
    fill();
    fs.symlinkSync("/etc", path.join(served.layout.finished, "done", "elsewhere"));
    const { body } = await get("/jobs/done/files");
    expect(body).toMatchObject({
      stage: "finished",
      path: "",
      entries: [
        { name: ".qm", type: "folder" },
        { name: "elsewhere", type: "link", bytes: 0 },
        { name: "process.log", type: "file", bytes: 19, link: "/raw/QM_dJobs/done/process.log" },
      ],
    });
    expect((await get("/jobs/done/files?path=/.qm/")).body).toMatchObject({
      path: ".qm",
      entries: [{ name: "job.json" }],
    });
    for (const [path, status] of [
      ["..", 400],
      ["a/../..", 400],
      ["a%00", 400],
      ["none", 404],
      ["elsewhere", 403],
      ["process.log", 400],
    ])
      expect([path, await get(`/jobs/done/files?path=${path}`)]).toMatchObject([
        path,
        { status, body: { error: {} } },
      ]);
  });
});

describe("acting", () => {
  it("is recorded as asked by a program", async () => {
    fill();
    await act("POST", "/jobs/runs/kill");
    await act("POST", "/pause");
    for (const request of ["QM_Jobs/runs/QM_KILL", "QM_PAUSE"])
      expect(fs.readFileSync(path.join(served.layout.root, request), "utf8")).toMatch(
        /^a program at (::1|(::ffff:)?127\.0\.0\.1), through the API\n$/,
      );
  });

  it("puts the same requests into the folders as the command line", async () => {
    fill();
    const file = (...parts: string[]) => fs.existsSync(path.join(served.layout.root, ...parts));
    expect(await act("POST", "/jobs/runs/kill")).toMatchObject({ status: 202 });
    expect(file("QM_Jobs/runs/QM_KILL")).toBe(true);
    await act("POST", "/jobs/waits/hold");
    expect(file("QM_qJobs/waits/QM_HOLD")).toBe(true);
    await act("POST", "/jobs/waits/release");
    expect(file("QM_qJobs/waits/QM_HOLD")).toBe(false);
    await act("POST", "/jobs/waits/top");
    expect(file("QM_qJobs/waits/QM_TOP")).toBe(true);
    await act("POST", "/jobs/waits/reassign", { to: "worker LAB2" });
    const asked = path.join(served.layout.queue, "waits", "QM_REASSIGN");
    expect(fs.readFileSync(asked, "utf8")).toMatch(/ the API\nworker lab2\n$/);
    expect((await act("POST", "/jobs/waits/reassign", { to: "moon" })).status).toBe(400);
    expect((await act("POST", "/jobs/waits/reassign", { to: "worker lab9" })).status).toBe(404);
    await act("POST", "/pause");
    expect(file("QM_PAUSE")).toBe(true);
    await act("POST", "/resume");
    expect(file("QM_PAUSE")).toBe(false);
    await act("POST", "/workers/lab2/pause", { note: "new card" });
    expect(fs.readFileSync(path.join(served.layout.root, "QM_PAUSE.LAB2"), "utf8")).toMatch(
      / the API\nnew card\n$/,
    );
    await act("POST", "/workers/Lab2/resume");
    expect(file("QM_PAUSE.LAB2")).toBe(false);
    expect((await act("POST", "/workers/lab9/pause")).status).toBe(404);
    expect(JSON.parse((await act("POST", "/jobs/broken/redo")).text)).toEqual({
      version: 1,
      action: "redo",
      name: "broken",
    });
    expect(file("QM_qJobs/broken")).toBe(true);
    await act("DELETE", "/jobs/done");
    expect(file("QM_dJobs/done")).toBe(false);
  });

  it("is refused for a job in another state, with the reason", async () => {
    fill();
    for (const [method, address] of [
      ["POST", "/jobs/done/kill"],
      ["DELETE", "/jobs/runs"],
      ["POST", "/jobs/runs/top"],
    ] as const) {
      const { status, text } = await act(method, address);
      expect([status, JSON.parse(text)]).toMatchObject([403, { error: { code: "refused" } }]);
    }
    expect(await act("POST", "/jobs/none/kill")).toMatchObject({ status: 404 });
  });

  it("says of a body of the wrong kind that it is the request that is wrong", async () => {
    fill();
    const json = { "content-type": "application/json" };
    const { status, text } = await served.send(
      "POST",
      "/api/v1/jobs/done/redo",
      { ...served.bearer, ...json },
      "[]",
    );
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ error: { message: expect.stringMatching(/^the request: \S/) } });
  });

  it("needs the token, or the page's own origin with that of its forms", async () => {
    fill();
    const post = (headers: object, body = "") => served.send("POST", "/api/v1/pause", { ...headers }, body);
    const json = { "content-type": "application/json" };
    const token = JSON.stringify({ token: served.tokens.form });
    expect(await post({})).toMatchObject({ status: 403 });
    expect(await post({ authorization: "Bearer wrong" })).toMatchObject({ status: 403 });
    expect(await post({ ...json, origin: "http://evil.example" }, token)).toMatchObject({ status: 403 });
    expect(await post({ ...json, ...served.ownOrigin })).toMatchObject({ status: 403 });
    expect(fs.existsSync(path.join(served.layout.root, "QM_PAUSE"))).toBe(false);
    expect(await post({ ...json, ...served.ownOrigin }, token)).toMatchObject({ status: 202 });
  });

  describe("where the configuration lets nobody who sees the page act", () => {
    const ACTS = [
      ["POST", "/jobs/runs/kill"],
      ["POST", "/jobs/broken/redo"],
      ["POST", "/pause"],
      ["POST", "/workers/lab1/pause"],
      ["DELETE", "/jobs/done"],
    ] as const;

    beforeEach(async () => {
      await served.close();
      served = await ServedPage.start();
      fill();
    });

    it("is refused without the token", async () => {
      for (const [method, address] of ACTS) {
        const headers = { ...served.ownOrigin, "content-type": "application/json" };
        const body = JSON.stringify({ token: served.tokens.form });
        const { status, text } = await served.send(method, `/api/v1${address}`, headers, body);
        expect([status, JSON.parse(text)]).toMatchObject([
          403,
          { error: { code: "refused", mend: expect.any(String) } },
        ]);
      }
      expect(fs.existsSync(path.join(served.layout.running, "runs", "QM_KILL"))).toBe(false);
      expect(fs.existsSync(path.join(served.layout.finished, "done"))).toBe(true);
      expect(await get("/jobs/runs")).toMatchObject({ body: { can: { kill: false } } });
    });

    it("is done for programs with the token, which have the folders' own rights, and they are told so", async () => {
      const { text } = await served.send("GET", "/api/v1/jobs/runs", served.bearer);
      expect(JSON.parse(text)).toMatchObject({ can: { kill: true } });
      for (const [method, address] of ACTS)
        expect((await act(method, address)).status, address).toBeLessThan(300);
      expect(fs.existsSync(path.join(served.layout.running, "runs", "QM_KILL"))).toBe(true);
      expect(fs.existsSync(path.join(served.layout.finished, "done"))).toBe(false);
    });
  });

  it("is never done by GET", async () => {
    fill();
    for (const address of ["/jobs/runs/kill", "/jobs/waits/hold", "/jobs/broken/redo", "/pause", "/resume"])
      expect(await get(address)).toMatchObject({ status: 405, body: { error: { code: "usage" } } });
    expect(fs.existsSync(path.join(served.layout.running, "runs", "QM_KILL"))).toBe(false);
    expect(fs.existsSync(path.join(served.layout.finished, "broken"))).toBe(true);
  });
});

describe("whatever goes wrong", () => {
  it("is told as JSON", async () => {
    expect(await get("/nothing")).toMatchObject({ status: 404, body: { error: { code: "usage" } } });
    expect(await get("")).toMatchObject({ status: 404 });
    const put = await act("PUT", "/jobs/x");
    expect([put.status, put.headers["allow"], JSON.parse(put.text)]).toMatchObject([
      405,
      "GET, DELETE",
      { error: {} },
    ]);
    const broken = await served.send(
      "POST",
      "/api/v1/pause",
      { ...served.bearer, "content-type": "application/json" },
      "{",
    );
    expect([broken.status, JSON.parse(broken.text)]).toMatchObject([400, { error: { code: "usage" } }]);
    const long = await act("POST", "/pause", { x: "y".repeat(100_000) });
    expect([long.status, JSON.parse(long.text)]).toMatchObject([413, { error: {} }]);
  });

  it("says nothing of the inside, which the log alone tells", async () => {
    fs.rmSync(served.layout.history);
    fs.mkdirSync(served.layout.history);
    const { status, body } = await get("/jobs");
    expect([status, body]).toMatchObject([500, { error: { code: "failed" } }]);
    expect(JSON.stringify(body)).not.toContain(served.layout.root);
    expect(served.said.join()).toContain("GET /api/v1/jobs");
  });
});
