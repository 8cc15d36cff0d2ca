import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJobInfo } from "../../src/queue/intake/info-file.ts";
import { publishStatus } from "../support/published-status.ts";
import { rootOrSkip } from "../support/scratch.ts";
import { Scratch } from "./cli-fixture.ts";

const JOB_FILES = ["proc_config.cfg", "infos.xml", "job.json", "job.sh"];

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

function queued(name: string, ...parts: string[]): string {
  return path.join(scratch.layout.queue, name, ...parts);
}

function infoOf(name: string, jobFiles = JOB_FILES) {
  const info = readJobInfo(queued(name), { jobFiles, qmFolder: scratch.layout.root });
  if (info.kind === "problems") throw new Error(JSON.stringify(info.problems));
  return info.value;
}

function namesInQueue(): string[] {
  return fs.readdirSync(scratch.layout.queue).sort();
}

describe("a job that wants more processors than there are", () => {
  const WARNING = "warning: nb_proc 100 would be lowered to 2, all there are";

  it("is submitted with a warning, as a folder and as a command", async () => {
    scratch.makeJob("wide", { script: "true", nb_proc: 100 });
    scratch.makeJob("fits", { script: "true", nb_proc: 2 });
    for (const words of [["wide"], ["--nb-proc", "100", "fits"], ["--nb-proc", "100", "--", "true"]]) {
      const { code, err } = await scratch.run(["submit", ...words]);
      expect(code).toBe(0);
      expect(err).toContain(WARNING);
    }
    expect((await scratch.run(["submit", "fits"])).err).not.toContain("warning");
  });

  it("shows while it waits what it is lowered to", async () => {
    scratch.makeJob("wide", { script: "true", nb_proc: 100 });
    await scratch.run(["submit", "wide"]);
    expect((await scratch.run(["show", "wide"])).out).toMatch(/Processors: +100, lowered to 2\n/);
    const job = { name: "wide", owner: "o", description: "", processors: 100, priority: 0, bytes: 1 };
    const place = { queuedAt: "2026-01-01T00:00:00.000Z", rank: 1, held: false, reason: "r" };
    publishStatus(scratch.layout, {
      processors: { max: 4, busy: 0 },
      waiting: [{ ...job, ...place, state: "waiting" }],
    });
    expect((await scratch.run(["status"])).out).toMatch(/wide +- +100, lowered to 4 /);
  });
});

it("a job that is to run on all workers is submitted as one", async () => {
  await scratch.run(["submit", "--run-on-all", "--name", "all", "--", "true"]);
  expect(infoOf("all")).toMatchObject({ runOnAll: true, script: "true" });
});

describe("a refusal of qm submit", () => {
  it.each([
    [["--name", "Thumbs.db", "--", "true"], /a system's own, such as Thumbs\.db/],
    [["--name", "é".repeat(128), "--", "true"], /of 255 bytes at most/],
    [["true"], /a command stands behind --: `qm submit -- COMMAND`/],
  ])("tells how to mend it: %j", async (words, mend) => {
    const { code, err } = await scratch.run(["submit", ...words]);
    expect(code).not.toBe(0);
    expect(err).toMatch(mend);
    expect(namesInQueue()).toEqual([]);
  });
});

describe("qm submit FOLDER", () => {
  it("copies modes, times and links, marks the copy as whole and prints its name", async () => {
    const job = scratch.makeJob("sim", { script: "./run.sh" });
    scratch.write("sim/run.sh", "#!/bin/sh\n", 0o755);
    scratch.write("sim/sub/data.txt", "1", 0o640);
    fs.symlinkSync("/nowhere", path.join(job, "link"));
    fs.utimesSync(path.join(job, "sub/data.txt"), 1_000_000, 1_000_000);
    fs.chmodSync(path.join(job, "sub"), 0o500);
    const { code, out, err } = await scratch.run(["submit", "sim"]);
    expect([code, out]).toEqual([0, "sim\n"]);
    expect(err).toContain("no manager runs");
    expect(namesInQueue()).toEqual(["sim"]);
    expect(fs.existsSync(queued("sim", "QM_READY"))).toBe(true);
    expect(fs.statSync(queued("sim", "run.sh")).mode & 0o777).toBe(0o755);
    expect(fs.statSync(queued("sim", "sub")).mode & 0o777).toBe(0o500);
    expect(fs.statSync(queued("sim", "sub/data.txt"))).toMatchObject({ mtimeMs: 1_000_000_000 });
    expect(fs.readlinkSync(queued("sim", "link"))).toBe("/nowhere");
    fs.chmodSync(path.join(job, "sub"), 0o700);
  });

  it("lets the manager's group do in the copy what it may do in the queue", async () => {
    fs.chmodSync(scratch.layout.queue, 0o2775);
    fs.chmodSync(scratch.makeJob("sim", { script: "true" }), 0o500);
    await scratch.run(["submit", "sim"]);
    expect(fs.statSync(queued("sim")).mode & 0o777).toBe(0o770);
  });

  it.runIf(rootOrSkip())("warns where the manager's user may not write into the copy", async () => {
    fs.chownSync(scratch.layout.queue, 65_534, 65_534);
    scratch.makeJob("sim", { script: "true" });
    const { code, out, err } = await scratch.run(["submit", "sim"]);
    expect([code, out]).toEqual([0, "sim\n"]);
    expect(err).toMatch(/^warning: the manager's user \(65534\) may not write into the folder of «sim»/);
  });

  it("takes a name that is free in all four folders", async () => {
    scratch.makeJob("Sim", { script: "true" });
    scratch.put("lost", "sim");
    scratch.putEnded("SIM-2");
    expect((await scratch.run(["submit", "Sim", "./Sim/"])).out).toBe("Sim-3\nSim-4\n");
    expect((await scratch.run(["submit", "Sim", "--name", "other"])).out).toBe("other\n");
  });

  it("leaves out what a manager put into an earlier run", async () => {
    const folder = scratch.makeJob("again", { script: "true" });
    for (const own of [
      ".qm/job.json",
      "QM_status.txt",
      "process.log",
      "process.1.log",
      "QM_KILL",
      "qm_top.txt",
    ])
      scratch.write(path.join("again", own), "x");
    for (const result of ["qm_top.pdb", "result.txt"]) scratch.write(path.join("again", result), "x");
    await scratch.run(["submit", folder]);
    expect(fs.readdirSync(queued("again")).sort()).toEqual([
      "QM_READY",
      "proc_config.cfg",
      "qm_top.pdb",
      "result.txt",
    ]);
  });

  it("shows all problems of the info file and copies nothing", async () => {
    scratch.write("bad/proc_config.cfg", "[QMOptions]\nnb_proc : two\npriority : high\n");
    const { code, err, out } = await scratch.run(["submit", "bad"]);
    expect([code, out]).toEqual([1, ""]);
    for (const key of ["script", "nb_proc", "priority"]) expect(err).toContain(key);
    expect(namesInQueue()).toEqual([]);
    expect((await scratch.run(["submit", "bad", "--no-check"])).out).toBe("bad\n");
  });

  it("tells what is wrong with each of several folders, and submits none of them", async () => {
    scratch.makeJob("good", { script: "true" });
    scratch.makeJob("bad", { script: "true", nb_proc: "two" });
    const { code, err, out } = await scratch.run(["submit", "good", "nowhere", "bad"]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^qm: there is no such folder\n[\s\S]*qm: bad cannot [\s\S]*nb_proc[\s\S]*\nnothing was submitted\n$/,
    );
    expect(namesInQueue()).toEqual([]);
  });

  it("refuses FIFOs with a clear word and leaves nothing behind", async () => {
    const folder = scratch.makeJob("pipe", { script: "true" });
    spawnSync("mkfifo", [path.join(folder, "fifo")]);
    const { code, err } = await scratch.run(["submit", "pipe"]);
    expect(code).toBe(1);
    expect(err).toContain("fifo: is a FIFO");
    expect(namesInQueue()).toEqual([]);
  });

  it("refuses a missing folder, a file, the queue itself and what holds it", async () => {
    const file = scratch.write("file", "");
    const inQueue = scratch.put("queue", "waiting");
    expect((await scratch.run(["submit", "nowhere"])).err).toContain("no such folder");
    expect((await scratch.run(["submit", file])).err).toContain("it is no folder");
    expect(await scratch.run(["submit", inQueue])).toMatchObject({ code: 4 });
    expect(await scratch.run(["submit", "."])).toMatchObject({ code: 4 });
  });

  it("refuses names that the manager would pass over, and contradictions", async () => {
    scratch.makeJob("job", { script: "true" });
    for (const name of [".hidden", "x.part", "a/b", ".."])
      expect(await scratch.run(["submit", "job", "--name", name])).toMatchObject({ code: 2 });
    expect((await scratch.run(["submit"])).code).toBe(2);
    expect((await scratch.run(["submit", "job", "job", "--name", "x"])).code).toBe(2);
    expect((await scratch.run(["submit", "job", "job", "--follow"])).code).toBe(2);
    expect((await scratch.run(["submit", "job", "--", "true"])).code).toBe(2);
    expect((await scratch.run(["submit", "--", ""])).code).toBe(2);
    expect((await scratch.run(["submit", "job", "--nb-proc", "two"])).code).toBe(2);
    expect(namesInQueue()).toEqual([]);
  });

  it("takes the beginnings away when it is interrupted", async () => {
    scratch.makeJob("job", { script: "true" });
    const { code } = await scratch.run(["submit", "job"], { signal: AbortSignal.abort() });
    expect(code).toBe(130);
    expect(namesInQueue()).toEqual([]);
  });

  it("keeps a name of 255 bytes, and one with newline, quotes and escapes", async () => {
    const names = ["n".repeat(255), "a\n\"b' \x1b[31m"];
    for (const name of names) {
      scratch.makeJob(name, { script: "true" });
      expect(await scratch.run(["submit", `./${name}`])).toMatchObject({ code: 0 });
    }
    expect(namesInQueue()).toEqual([...names].sort());
  });
});

const OPTIONS = "--nb-proc 2 --priority -5 --time-limit 2h30m --e-mail ada@lab.org --mail-on fail".split(" ");
const WANTED = {
  processors: 2,
  priority: -5,
  timeLimitSeconds: 9000,
  mailTo: ["ada@lab.org"],
  mailOn: ["fail"],
  description: "100 % \"new\" & 'good' <x>",
};

const FORMATS: Readonly<Record<string, string>> = {
  "proc_config.cfg":
    "# mine\n[Own]\nnb_proc : 9\n[QMOptions]\n  script : ./run %%x\n  NB_Proc = 1\n  info : old\n    text\n# between\n  e-mail : bob@lab.org\n[Proc]\nsteps = 3\n",
  "infos.xml":
    '<?xml version="1.0"?>\n<job>\n <!-- <nb_proc value="8"/> -->\n <script>./run %x</script>\n <nb_proc value="1"/>\n <info>old</info>\n <e-mail>bob@lab.org</e-mail>\n <own><size>7</size></own>\n</job>\n',
  "job.json":
    '{\n  "script": "./run %x",\n  "NB_PROC": 1,\n  "info": "old",\n  "e-mail": ["bob@lab.org"],\n  "mine": 12345678901234567890\n}\n',
  "job.sh": "#!/bin/sh\n#QM --nb-proc 1\n#QM info=old\n#QM e-mail=bob@lab.org\necho mine\n",
};

describe("options of qm submit", () => {
  for (const [file, text] of Object.entries(FORMATS)) {
    it(`replace what ${file} says, and keep all else in it`, async () => {
      scratch.write(`job/${file}`, text);
      const info = ["--info", WANTED.description];
      const { err, code } = await scratch.run(["submit", "job", ...OPTIONS, ...info]);
      expect([code, err]).toEqual([0, expect.stringContaining("no manager")]);
      expect(infoOf("job")).toMatchObject({ ...WANTED, infoFile: file });
      expect(infoOf("job").script).toMatch(/run %x|job\.sh/);
      expect(fs.readFileSync(path.join(scratch.base, "job", file), "utf8")).toBe(text);
      const copy = fs.readFileSync(queued("job", file), "utf8");
      const own = {
        cfg: "steps = 3",
        xml: "<own><size>7</size></own>",
        json: "12345678901234567890",
        sh: "echo mine",
      };
      expect(copy).toContain(own[path.extname(file).slice(1) as keyof typeof own]);
    });

    it(`are added to ${file} where it lacks them`, async () => {
      const bare = {
        cfg: "[QMOptions]\nscript=x",
        xml: "<j><script>x</script></j>",
        json: '{"script":"x"}',
        sh: "echo",
      };
      scratch.write(`job/${file}`, bare[path.extname(file).slice(1) as keyof typeof bare]);
      expect(await scratch.run(["submit", "job", ...OPTIONS])).toMatchObject({ code: 0 });
      expect(infoOf("job")).toMatchObject({ ...WANTED, description: "" });
    });
  }

  it("are written as UTF-8 into a file in another encoding, which then says so", async () => {
    const xml = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<j><script>caf\xe9</script></j>';
    fs.mkdirSync(path.join(scratch.base, "job"));
    fs.writeFileSync(path.join(scratch.base, "job/infos.xml"), xml, "latin1");
    expect(await scratch.run(["submit", "job", "--info", "Prüfung"])).toMatchObject({ code: 0 });
    expect(infoOf("job")).toMatchObject({ script: "café", description: "Prüfung" });
    expect(fs.readFileSync(queued("job", "infos.xml"), "utf8")).toContain('encoding="UTF-8"');
  });

  it("take an address as a mail program pastes it, and refuse a wrong one", async () => {
    scratch.makeJob("job", { script: "true" });
    const pasted = '"Lovelace, Ada" <ada@lab.org>; mailto:bob@lab.org';
    expect(await scratch.run(["submit", "job", "--e-mail", pasted])).toMatchObject({ code: 0 });
    expect(infoOf("job")).toMatchObject({ mailTo: ["ada@lab.org", "bob@lab.org"] });
    const { code, err } = await scratch.run(["submit", "job", "--e-mail", "ada@lab.org, me"]);
    expect([code, err]).toEqual([2, expect.stringContaining('has "me"')]);
    expect(namesInQueue()).toEqual(["job"]);
  });

  it("are refused where the file cannot take them exactly", async () => {
    scratch.write("job/proc_config.cfg", "[QMOptions]\nnb_proc = 1\nscript = ./run %(nb_proc)s\n");
    const { code, err } = await scratch.run(["submit", "job", "--nb-proc", "2"]);
    expect(code).toBe(1);
    expect(err).toContain("nb_proc cannot be written");
    expect(namesInQueue()).toEqual([]);
  });

  it("hold a job from the beginning", async () => {
    scratch.makeJob("job", { script: "true" });
    await scratch.run(["submit", "--hold", "job"]);
    expect(fs.existsSync(queued("job", "QM_HOLD"))).toBe(true);
  });
});

describe("qm submit -- COMMAND", () => {
  const NASTY = "100% %(x)s %% 'q' \"d\" $HOME `b` \\n\nsecond\n#QM nb_proc=2\n  # third";

  for (const file of JOB_FILES) {
    it(`hands every word over exactly, with ${file}`, async () => {
      scratch.write("QMserv.cfg", `[QMServer]\njob_file = ${file}\n`);
      const { out } = await scratch.run(["submit", "--priority", "3", "--", "printf", "%s", NASTY]);
      expect(out).toBe("printf\n");
      const info = infoOf("printf", [file]);
      expect(info).toMatchObject({ priority: 3, processors: 1 });
      const ran = spawnSync("/bin/sh", ["-c", info.script], { cwd: queued("printf"), encoding: "utf8" });
      expect(ran.stdout).toBe(NASTY);
    });
  }

  it("takes one word alone for a line of the shell, and names the job by its command", async () => {
    expect((await scratch.run(["submit", "--", "/usr/bin/sort < in | uniq > out"])).out).toBe("sort\n");
    expect(infoOf("sort").script).toBe("/usr/bin/sort < in | uniq > out");
    expect((await scratch.run(["submit", "--", "./.a b"])).out).toBe("a\n");
    expect((await scratch.run(["submit", "--", "$(x)"])).out).toBe("x_\n");
    expect((await scratch.run(["submit", "--name", "mine", "--", "A=1", "x y"])).out).toBe("mine\n");
    expect(infoOf("mine").script).toBe("'A=1' 'x y'");
  });

  it("keeps percent signs in a cfg, in the command and in options", async () => {
    const command = "date +%s %(x)s 50%%";
    await scratch.run(["submit", "--info", "%(y)s %%", "--", command]);
    expect(infoOf("date")).toMatchObject({ script: command, description: "%(y)s %%" });
    expect(fs.readdirSync(queued("date"))).not.toContain("qm-command.sh");
  });

  it("runs in a folder with nothing but its info file", async () => {
    await scratch.run(["submit", "--", "true"]);
    expect(fs.readdirSync(queued("true")).sort()).toEqual(["QM_READY", "proc_config.cfg"]);
  });
});
