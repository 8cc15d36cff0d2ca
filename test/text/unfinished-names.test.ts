import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { copierOf, isUnfinishedName, UNFINISHED_NAMES } from "../../src/text/unfinished-names.ts";

/** Names as each program gives them. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  "Chrome, Edge and their kin": [
    "data.csv.crdownload",
    "Unconfirmed 481516.crdownload",
    "DATA.CRDOWNLOAD",
    ".org.chromium.Chromium.a1b2c3",
    ".com.google.Chrome.abcdef",
  ],
  "Firefox, KDE, Transmission, yt-dlp": ["data.csv.part", "DATA.PART", "data.ocTransferId123.part"],
  "Safari, Opera": ["data.csv.download", "data.csv.opdownload"],
  rsync: [
    ".input.dat.A1b2C3",
    "..env.kQzWbT",
    ".x.ab1cde",
    ".x.PRod01",
    ".x.a1B2c3",
    ".~tmp~",
    ".rsync-partial",
  ],
  "rsync of macOS": [".data.csv.aB3dE5fG7h"],
  WinSCP: ["data.csv.filepart"],
  rclone: ["data.csv.partial", "data.csv.1a2b3c4d.partial"],
  Syncthing: [".syncthing.data.csv.tmp", "~syncthing~data.csv.tmp"],
  "Nextcloud, ownCloud": [".data.csv.~1a2b3c4d", ".data.~fe"],
  Dropbox: [".dropbox.cache"],
  "Google Drive": [".tmp.drivedownload", ".tmp.driveupload"],
  MEGA: [".getxfer.4242.7.mega"],
  "Resilio Sync": ["data.csv.!sync", "data.csv.!Sync"],
  Insync: ["data.csv.insyncdl"],
  Unison: [".unison.data.csv.581106b2917358e73c9036f678424717.unison.tmp", ".#data.647aec35.unison.tmp"],
  Mutagen: [".mutagen-temporary-staging-1"],
  FreeFileSync: ["data.csv.8ea2.ffs_tmp"],
  "GNOME, GVfs": [".goutputstream-A1B2C3", ".giosaveabcdef"],
  macOS: ["data.csv.sb-1a2b3c4d-AbCdEf", ".data.csv.icloud"],
  lftp: ["data.csv.lftp-pget-status", ".in.data.csv"],
  "ProFTPD, Pure-FTPd": [".pureftpd-upload.5f1a2b3c.15.4d2.9a8b7c"],
  Cyberduck: ["data.csv.cyberducksegment", "data.csv-1.cyberducksegment"],
  aria2: ["data.csv.aria2"],
  "BitTorrent programs": ["data.!ut", "data.!bt", "data.!qB", "data.bc!"],
  "DownThemAll, FlashGet": ["data.csv.dtapart", "data.csv.jc!"],
  "aws, boto3": ["data.csv.6eF4a9B2", "data.aBcDeF01"],
  "gsutil, gcloud": ["data.csv_.gstmp"],
  azcopy: [".azDownload-1f0c-data.csv"],
  MinIO: ["data.csv.198fbd84.part.minio"],
  Aspera: ["data.csv.aspera-ckpt"],
  "Hugging Face": ["model.safetensors.incomplete"],
};

describe.each(UNFINISHED_NAMES)("the names of unfinished files of $program", ({ program, names }) => {
  it("are known", () => {
    expect(EXAMPLES[program]).toBeDefined();
    for (const name of EXAMPLES[program] ?? []) expect(copierOf(name), name).toBe(program);
  });

  it("are in the table for people", () => {
    const operations = fs.readFileSync(new URL("../../docs/OPERATIONS.md", import.meta.url), "utf8");
    expect(operations).toContain(`| ${program} | ${names.map((name) => `\`${name}\``).join(", ")} |`);
  });
});

describe("an ending that rsync draws by chance", () => {
  it("holds its folder back but for a few in a hundred, which look like a word", () => {
    const characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const drawn = () =>
      Array.from({ length: 6 }, () => characters[Math.floor(Math.random() * characters.length)]).join("");
    const names = Array.from({ length: 20_000 }, () => `.data.csv.${drawn()}`);
    const missed = names.filter((name) => !isUnfinishedName(name)).length / names.length;
    expect(missed).toBeGreaterThan(0.03);
    expect(missed).toBeLessThan(0.055);
  });
});

describe("names that hold no folder back", () => {
  it.each([
    [
      "programs' own files that stay",
      [".nfs000000000000a1b200000001", ".fuse_hidden0000001200000003", ".x.swp"],
    ],
    [
      "those of editors and office programs",
      ["x.tmp", "~$doc.docx", ".#notes.txt", "notes.txt~", "#notes.txt#"],
    ],
    [
      "those of synchronising programs that stay",
      [".stfolder", ".stignore", "sync.ffs_db", ".owncloudsync.log"],
    ],
    ["those of systems", [".DS_Store", "Thumbs.db", "._data.csv", ".sync_1a2b3c.db", ".smbdeleteAAA1"]],
    [
      "hidden files of a person's own choice",
      [".app.config", ".x.ab", ".x.ABCDEFG", ".x.AB-DEF", ".data.sha256"],
    ],
    [
      "hidden files that end in a word, or in one with a number",
      [".env.Docker", ".env.Prod01", ".gitignore.Python", ".bashrc.Ubuntu", ".npmrc.Old123", ".x.AAAAAA"],
    ],
    [
      "hidden files that end in a number",
      [".x.123456", ".x.202611", ".env.2ndrun", ".env.STAGE2", ".x.v20261"],
    ],
    ["words of other lengths", [".env.Staging001", ".bashrc.Ubuntu2204", "fit.Decade12", "x.Facade01"]],
    ["names with hash sums and dates", ["main.1a2b3c4d", "data.20261130", "core.DEADBEEF", ".x.1234567890"]],
    [
      "names that only hold such a word",
      ["part", "my.part.2", "download", "a.part.d", "x.A1b2C3", "..A1b2C3"],
    ],
  ])("are %s", (_, names) => {
    for (const name of names) expect(isUnfinishedName(name), name).toBe(false);
  });
});

describe("a pattern of one's own", () => {
  it.each([
    ["*.uploading", "data.csv.uploading"],
    ["*.uploading", "DATA.UPLOADING"],
    ["tmp_*.dat", "tmp_.dat"],
    ["job-?.new", "job-é.new"],
    ["a+(b).[c]", "a+(b).[c]"],
    ["*x*", "line\nbreak x"],
  ])("%s holds back a folder with %j", (pattern, name) => {
    expect(isUnfinishedName(name, ["*.other", pattern])).toBe(true);
  });

  it.each([
    ["*.uploading", "data.uploading.csv"],
    ["tmp_*.dat", "my_tmp_1.dat"],
    ["job-?.new", "job-12.new"],
    ["a.b", "aXb"],
    ["[ab]", "a"],
  ])("%s does not hold back a folder with %s", (pattern, name) => {
    expect(isUnfinishedName(name, [pattern])).toBe(false);
  });
});
