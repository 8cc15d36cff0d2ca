import fs from "node:fs";
import path from "node:path";
import { JOB_FILES, type Layout, type Stage } from "../../../src/queue/layout.ts";
import { makeQueueFolder } from "../../support/queue-folder.ts";

/** A queue's folders with one job in them, as the manager would move it. */
export class JobFolder {
  readonly name: string;
  readonly layout: Layout;
  stage: Stage;

  constructor(stage: Stage = "running", name = "job") {
    this.name = name;
    this.stage = stage;
    this.layout = makeQueueFolder().layout;
    fs.mkdirSync(this.folder);
  }

  get folder(): string {
    return path.join(this.layout[this.stage], this.name);
  }

  get log(): string {
    return path.join(this.folder, JOB_FILES.log);
  }

  append(text: string | Buffer): void {
    fs.appendFileSync(this.log, text);
  }

  moveTo(stage: Stage): void {
    const before = this.folder;
    this.stage = stage;
    fs.renameSync(before, this.folder);
  }
}
