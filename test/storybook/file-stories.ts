import type { Listing } from "../../src/disk/tree.ts";
import { fileView, folderView, messageView } from "../../src/web/files/file-view.ts";
import { HOSTILE, hostileAt } from "./hostile.ts";
import { askedFor, labListing, textFile } from "./pages.ts";
import type { Story } from "./story.ts";

/** The pages of folders and files. */
export const fileStories: readonly Story[] = [
  {
    name: "folder-busy",
    template: "folder",
    model: (nowMs) => folderView(askedFor("phylogeny-corals"), labListing(nowMs), nowMs),
  },
  {
    name: "folder-empty",
    template: "folder",
    model: (nowMs) => folderView(askedFor("phylogeny-corals", "results"), { entries: [], more: 0 }, nowMs),
  },
  {
    name: "folder-hostile",
    template: "folder",
    model: (nowMs) => folderView(askedFor(hostileAt(0), hostileAt(1)), listingOf(HOSTILE, nowMs), nowMs),
  },
  {
    name: "folder-10000-rows",
    template: "folder",
    model: (nowMs) =>
      folderView(
        askedFor("many"),
        {
          ...listingOf(
            thousand((at) => `file-${at}.dat`),
            nowMs,
          ),
          more: 9000,
        },
        nowMs,
      ),
  },
  {
    name: "file-text",
    template: "file",
    model: (nowMs) =>
      textFile("phylogeny-corals", "settings.ini", "[tree]\nmodel = GTR+G4\nbootstrap = 100\n", nowMs),
  },
  {
    name: "file-long",
    template: "file",
    model: (nowMs) =>
      fileView(
        askedFor("phylogeny-corals", "corals.fasta"),
        { bytes: 4.6e7, mtimeMs: nowMs - 9e6 },
        { kind: "text" },
        Buffer.from(">taxon\nACGTTGCA\n".repeat(500)),
        nowMs,
      ),
  },
  {
    name: "file-hostile",
    template: "file",
    model: (nowMs) => textFile(hostileAt(0), hostileAt(2), HOSTILE.join("\n"), nowMs),
  },
  {
    name: "file-image",
    template: "file",
    model: (nowMs) =>
      fileView(
        askedFor("phylogeny-corals", "tree.png"),
        { bytes: 48_200, mtimeMs: nowMs - 9e6 },
        { kind: "image", type: "image/png" },
        Buffer.alloc(0),
        nowMs,
      ),
  },
  {
    name: "file-binary",
    template: "file",
    model: (nowMs) =>
      fileView(
        askedFor("phylogeny-corals", "tree.bin"),
        { bytes: 48_200, mtimeMs: nowMs - 9e6 },
        { kind: "binary" },
        Buffer.alloc(0),
        nowMs,
      ),
  },
  {
    name: "file-absent",
    template: "file",
    model: () => messageView("There is no such file.", askedFor("phylogeny-corals", "gone.txt")),
  },
];

function listingOf(names: readonly string[], nowMs: number): Listing {
  const entries = names.map((name, at) => ({
    name: Buffer.from(name),
    type: (["file", "folder", "link", "other"] as const)[at % 4] ?? ("file" as const),
    bytes: at * 1000,
    mtimeMs: nowMs - at * 60_000,
  }));
  return { entries, more: 0 };
}

function thousand(name: (at: number) => string): string[] {
  return Array.from({ length: 1000 }, (_, at) => name(at));
}
