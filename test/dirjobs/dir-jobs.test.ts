import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { DirJobs, type DirJobsOptions } from "../../src/dirjobs/index.ts";
import { fill, namesIn, scratchFolder } from "../support/scratch.ts";
import { until } from "../support/until.ts";

let dir: string;

beforeEach(() => {
  dir = path.join(scratchFolder(), "deep", "jobs");
});

function worker(options: Partial<DirJobsOptions> = {}): DirJobs {
  return new DirJobs({ jobsDir: dir, random: false, ...options });
}

/** Puts files into `00_waiting`, or elsewhere. */
function put(files: Readonly<Record<string, string>>, state = "00_waiting"): void {
  fs.mkdirSync(path.join(dir, state), { recursive: true });
  fill(path.join(dir, state), files);
}

function names(): Record<string, string[]> {
  return Object.fromEntries(namesIn(dir).map((state) => [state, namesIn(path.join(dir, state)).sort()]));
}

const read = (state: string, name: string) => fs.readFileSync(path.join(dir, state, name), "utf8");

describe("a worker on a plain folder", () => {
  it("makes the four folders, takes jobs one by one and moves them to where they belong", async () => {
    const jobs = worker();
    expect(names()).toEqual({ "00_waiting": [], "01_running": [], "02_done": [], "99_failed": [] });
    put({ "a.b c.txt": "1", "b.txt": "2" });
    const first = await jobs.next();
    expect(first).toMatchObject({
      path: path.join(dir, "01_running", "w1.a.b c.txt"),
      fullName: "w1.a.b c.txt",
      name: "a.b c.txt",
      stem: "a.b c",
    });
    expect(first?.done()).toBe(path.join(dir, "02_done", "a.b c.txt"));
    const second = await jobs.next();
    const seconds = Math.floor(Date.now() / 1000);
    const failed = path.basename(second?.failed() ?? "");
    expect(failed).toMatch(/^\d+\.b\.txt$/);
    expect(Number.parseInt(failed, 10)).toBeGreaterThanOrEqual(seconds);
    expect(await jobs.next()).toBeUndefined();
    expect(read("02_done", "a.b c.txt")).toBe("1");
  });

  it("keeps the path as the folder was given", async () => {
    put({ "a.txt": "" });
    const given = path.relative(process.cwd(), dir);
    expect((await worker({ jobsDir: given }).next())?.path).toBe(path.join(given, "01_running", "w1.a.txt"));
  });

  it.each(["w_1", "", "w 1", "ü", "w1\n", "a/b"])("is refused the name %j", (workerId) => {
    expect(() => worker({ workerId })).toThrow(expect.objectContaining({ code: "usage" }));
    expect(fs.existsSync(dir)).toBe(false);
  });

  it("takes only finished names with the ending, files and folders alike, in plain order", async () => {
    put({ "note.md": "", ".hidden.txt": "", "b.txt.part": "", "d.txt/in": "", "folder/in": "" });
    put({ "10.txt": "", "9.txt": "", "C.txt": "", "a.txt": "" });
    const jobs = worker();
    const taken: string[] = [];
    for (let job = await jobs.next(); job !== undefined; job = await jobs.next()) taken.push(job.name);
    expect(taken).toEqual(["10.txt", "9.txt", "C.txt", "a.txt", "d.txt"]);
    expect(read("01_running", "w1.d.txt/in")).toBe("");
    expect((await worker({ extension: "" }).next())?.name).toBe("folder");
    expect(names()["00_waiting"]).toEqual([".hidden.txt", "b.txt.part", "note.md"]);
  });

  it("takes at random unless told otherwise", async () => {
    const all = Array.from({ length: 30 }, (_, at) => `${at + 10}.txt`);
    put(Object.fromEntries(all.map((name) => [name, ""])));
    const jobs = new DirJobs({ jobsDir: dir });
    const taken: string[] = [];
    for (let at = 0; at < all.length; at += 1) taken.push((await jobs.next())?.name ?? "");
    expect(taken).not.toEqual(all);
    expect(taken.toSorted()).toEqual(all);
  });

  it("asks the filter for each waiting job, and lets its error out", async () => {
    put({ "a_tag.txt": "", "b.txt": "" });
    const asked: string[] = [];
    const jobs = worker({
      filter: async (file, name) => {
        asked.push(path.relative(dir, file));
        return name.includes("_tag");
      },
    });
    expect((await jobs.next())?.name).toBe("a_tag.txt");
    expect(asked).toEqual(["00_waiting/a_tag.txt", "00_waiting/b.txt"]);
    expect(await jobs.next()).toBeUndefined();
    const broken = worker({ filter: () => Promise.reject(new Error("no filter")) });
    await expect(broken.next()).rejects.toThrow("no filter");
  });

  it("destroys no earlier result of the same name, nor a job that waits under it", async () => {
    const jobs = worker();
    for (const content of ["first", "second", "third"]) {
      put({ "a.txt": content });
      (await jobs.next())?.done();
    }
    expect(names()["02_done"]).toEqual(["a-2.txt", "a-3.txt", "a.txt"]);
    expect(["a.txt", "a-2.txt", "a-3.txt"].map((name) => read("02_done", name))).toEqual([
      "first",
      "second",
      "third",
    ]);
    put({ "a.txt": "fourth" });
    const fourth = await jobs.next();
    put({ "a.txt": "fifth" });
    expect(fourth?.giveBack()).toBe(path.join(dir, "00_waiting", "a-2.txt"));
    expect([read("00_waiting", "a.txt"), read("00_waiting", "a-2.txt")]).toEqual(["fifth", "fourth"]);
  });

  it("keeps two failures of one name apart though they fall into one second", async () => {
    const jobs = worker();
    for (let at = 0; at < 3; at += 1) {
      put({ "a.txt": `${at}` });
      (await jobs.next())?.failed();
    }
    const failed = names()["99_failed"] ?? [];
    expect(failed).toHaveLength(3);
    expect(failed.every((name) => /^\d+(?:-[23])?\.a\.txt$/.test(name))).toBe(true);
  });

  it("moves a folder whole, and beside one of the same name", async () => {
    put({ "a.txt/deep/x": "1" });
    put({ "a.txt/y": "2" }, "02_done");
    (await worker().next())?.done();
    expect(read("02_done", "a-2.txt/deep/x")).toBe("1");
    expect(namesIn(path.join(dir, "02_done", "a.txt"))).toEqual(["y"]);
  });

  it("never takes a job under a name at which one of its own lies", async () => {
    const jobs = worker();
    put({ "a.txt": "old" }, "01_running/../01_running");
    fs.renameSync(path.join(dir, "01_running", "a.txt"), path.join(dir, "01_running", "w1.a.txt"));
    put({ "a.txt": "new" });
    expect(await jobs.next()).toBeUndefined();
    const [left] = await jobs.leftovers();
    left?.done();
    const job = await jobs.next();
    expect(job?.name).toBe("a.txt");
    expect(job === undefined ? "" : fs.readFileSync(job.path, "utf8")).toBe("new");
  });

  it("finds what an earlier process of its name has left, and nothing else", async () => {
    put({ "a.txt": "", "b.txt": "" });
    await worker().next();
    put({ "w2.c.txt": "", "w10.d.txt": "", w1: "" }, "01_running");
    const jobs = worker();
    await jobs.next();
    const left = await jobs.leftovers();
    expect(left.map(({ fullName }) => fullName)).toEqual(["w1.a.txt"]);
    left[0]?.giveBack();
    expect(names()["00_waiting"]).toEqual(["a.txt"]);
  });
});

describe("a job", () => {
  it("is ended once", async () => {
    put({ "a.txt": "" });
    const job = await worker().next();
    job?.done();
    for (const end of [() => job?.done(), () => job?.failed(), () => job?.giveBack()])
      expect(end).toThrow(expect.objectContaining({ code: "already_ended" }));
    expect(names()["02_done"]).toEqual(["a.txt"]);
  });

  it("that somebody has moved is not ended, and leaves no empty result", async () => {
    put({ "a.txt": "", "b.txt": "" });
    const jobs = worker();
    for (const end of ["done", "failed", "giveBack"] as const) {
      const job = await jobs.next();
      if (job === undefined) break;
      fs.renameSync(job.path, path.join(dir, "02_done", "moved"));
      expect(() => job[end]()).toThrow(expect.objectContaining({ code: "already_ended" }));
    }
    expect(names()).toEqual({ "00_waiting": [], "01_running": [], "02_done": ["moved"], "99_failed": [] });
  });
});

describe("workers that look who else has taken a job", () => {
  const SYNC = { workerSync: true, syncSeconds: 0.4 };

  /** Begins to take a job, and waits until it is in `01_running`. */
  async function begin(workerId: string, name: string) {
    const next = worker({ workerId, ...SYNC }).next();
    await until("the job in 01_running", () => names()["01_running"]?.includes(`${workerId}.${name}`));
    return next;
  }

  async function conflict(workerId: string, other: string, content: string) {
    put({ "job.txt": "same", "next.txt": "" });
    const next = worker({ workerId, ...SYNC }).next();
    await until("its take", () => names()["01_running"]?.includes(`${workerId}.job.txt`));
    put({ [`${other}.job.txt`]: content }, "01_running");
    return await next;
  }

  it("leave the job to the first of them by name, and take the next one", async () => {
    expect((await conflict("w2", "w1", "same"))?.name).toBe("next.txt");
    expect(names()).toEqual({
      "00_waiting": [],
      "01_running": ["w1.job.txt", "w2.next.txt"],
      "02_done": [],
      "99_failed": [],
    });
  });

  it("compare their names as text", async () => {
    expect((await conflict("w2", "w10", "same"))?.name).toBe("next.txt");
  });

  it("go on with it where they are the first", async () => {
    expect((await conflict("w1", "w2", "same"))?.name).toBe("job.txt");
    expect(names()["01_running"]).toEqual(["w1.job.txt", "w2.job.txt"]);
  });

  it("lose nothing that is another job of the same name", async () => {
    expect((await conflict("w2", "w1", "another"))?.name).toBe("next.txt");
    expect(names()["01_running"]).toEqual(["w1.job.txt", "w2.next.txt"]);
    expect(read("99_failed", names()["99_failed"]?.[0] ?? "")).toBe("same");
  });

  it("see no conflict in a name that another one ends with", async () => {
    put({ "w2.11.txt": "", "w3.a.1.txt": "" }, "01_running");
    put({ "1.txt": "" });
    expect((await begin("w5", "1.txt"))?.name).toBe("1.txt");
  });

  it("pass over a job of whose name one runs already", async () => {
    put({ "w2.a.txt": "" }, "01_running");
    put({ "a.txt": "", "b.txt": "" });
    expect((await worker(SYNC).next())?.name).toBe("b.txt");
  });

  it("have one job in hand at a time", async () => {
    put({ "a.txt": "", "b.txt": "" });
    const jobs = worker(SYNC);
    const job = await jobs.next();
    await expect(jobs.next()).rejects.toMatchObject({ code: "refused" });
    job?.done();
    expect((await jobs.next())?.name).toBe("b.txt");
  });
});

it("without that, two calls give two jobs", async () => {
  put({ "a.txt": "", "b.txt": "" });
  const jobs = worker();
  const two = await Promise.all([jobs.next(), jobs.next()]);
  expect(two.map((job) => job?.name ?? "").sort()).toEqual(["a.txt", "b.txt"]);
});
