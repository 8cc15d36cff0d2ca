import fs from "node:fs";
import path from "node:path";
import { JOB_FILES, type Layout, layoutOf, SHELVES, type Shelf } from "../../../src/queue/layout.ts";
import { scratchFolder } from "../../support/scratch.ts";

/** A queue's folders with one job in them, as the manager would move it. */
export class JobFolder {
  readonly name: string;
  readonly layout: Layout;
  shelf: Shelf;

  constructor(shelf: Shelf = "running", name = "job") {
    this.name = name;
    this.shelf = shelf;
    this.layout = layoutOf(scratchFolder());
    for (const each of SHELVES) fs.mkdirSync(this.layout[each]);
    fs.mkdirSync(this.folder);
  }

  get folder(): string {
    return path.join(this.layout[this.shelf], this.name);
  }

  get log(): string {
    return path.join(this.folder, JOB_FILES.log);
  }

  append(text: string | Buffer): void {
    fs.appendFileSync(this.log, text);
  }

  moveTo(shelf: Shelf): void {
    const before = this.folder;
    this.shelf = shelf;
    fs.renameSync(before, this.folder);
  }
}
