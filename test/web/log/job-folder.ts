import fs from "node:fs";
import path from "node:path";
import { JOB_FILES, type Layout, type Shelf } from "../../../src/queue/layout.ts";
import { makeQueueFolder } from "../../support/queue-folder.ts";

/** A queue's folders with one job in them, as the manager would move it. */
export class JobFolder {
  readonly name: string;
  readonly layout: Layout;
  shelf: Shelf;

  constructor(shelf: Shelf = "running", name = "job") {
    this.name = name;
    this.shelf = shelf;
    this.layout = makeQueueFolder().layout;
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
