import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { namesIn } from "../support/scratch.ts";
import { pause, until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const AWAY = "the queue's folders are away: is the mount of QM_FOLDER away?";

/** Takes the queue's folders away as a mount goes: an empty folder is left. */
function unmount({ layout }: InProcessQueue): void {
  fs.renameSync(layout.root, `${layout.root}.away`);
  fs.mkdirSync(layout.root);
}

function mount({ layout }: InProcessQueue): void {
  fs.rmdirSync(layout.root);
  fs.renameSync(`${layout.root}.away`, layout.root);
}

async function saysAway(queue: InProcessQueue): Promise<void> {
  await until("the word that the mount is away", () =>
    queue.log.told.some(({ fields }) => fields["why"] === AWAY),
  );
}

describe("a manager whose mount goes away", () => {
  it("says so once, makes nothing below the mount point, and goes on with the running job when it is back", async () => {
    const queue = makeQueue({ Poll_Interval: 0.1 });
    await queue.run();
    queue.deliver("lasting", {
      script: 'echo up > up; until [ -e "$QM_JOB_DIR/go" ]; do sleep 0.05; done; exit 3',
    });
    await queue.wrote("lasting", "up");
    unmount(queue);
    await saysAway(queue);
    await pause(3000);
    expect(namesIn(queue.layout.root)).toEqual([]);
    mount(queue);
    queue.deliver("later", { script: "true" });
    expect(await queue.ended("later")).toMatchObject({ state: "done" });
    fs.writeFileSync(`${queue.folder("running", "lasting")}/go`, "");
    expect(await queue.ended("lasting")).toMatchObject({ state: "failed", exitCode: 3, attempt: 1 });
    expect(queue.history("lasting")).toHaveLength(1);
    expect(queue.log.told.filter(({ fields }) => fields["why"] === AWAY)).toHaveLength(1);
  });

  it("ends in order while it is away", async () => {
    const queue = makeQueue();
    await queue.run();
    unmount(queue);
    await saysAway(queue);
    await queue.stop();
    expect(namesIn(queue.layout.root)).toEqual([]);
    mount(queue);
  });

  it("does not take another queue in its place for its own", async () => {
    const queue = makeQueue();
    const other = makeQueue();
    await other.run();
    await other.stop();
    fs.rmSync(other.layout.manager);
    await queue.run();
    fs.renameSync(queue.layout.root, `${queue.layout.root}.away`);
    fs.renameSync(other.layout.root, queue.layout.root);
    await expect(queue.left()).rejects.toMatchObject({
      code: "refused",
      message: "another queue lies in its folder now",
    });
    expect(fs.existsSync(queue.layout.manager)).toBe(false);
  });

  it("goes on where .qm alone was deleted, with the same id", async () => {
    const queue = makeQueue();
    await queue.run();
    const id = fs.readFileSync(queue.layout.identity, "utf8");
    fs.rmSync(queue.layout.state, { recursive: true });
    await until("the manager's name", () => fs.existsSync(queue.layout.manager));
    queue.deliver("job", { script: "true" });
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
    await queue.stop();
    await queue.run();
    expect(fs.readFileSync(queue.layout.identity, "utf8")).toBe(id);
  });
});
