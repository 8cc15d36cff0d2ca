import { expect, it } from "vitest";
import { sideBySide } from "../../src/manager/actions/perform.ts";

/** Steps that go on only when they are told to. */
function gates() {
  const open = new Map<string, () => void>();
  const begun: string[] = [];
  const act = (item: string) => {
    begun.push(item);
    return new Promise<void>((resolve) => {
      open.set(item, resolve);
    });
  };
  return { begun, act, end: (item: string) => open.get(item)?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("begins in order, and no more at once than it may", async () => {
  const { begun, act, end } = gates();
  const all = sideBySide(["a", "b", "c", "d"], 2, act);
  expect(begun).toEqual(["a", "b"]);
  end("b");
  await turn();
  expect(begun).toEqual(["a", "b", "c"]);
  for (const item of ["a", "c"]) end(item);
  await turn();
  end("d");
  await all;
  expect(begun).toEqual(["a", "b", "c", "d"]);
});

it("is done at once with nothing to do", async () => {
  await expect(sideBySide([], 3, () => Promise.reject(new Error("none")))).resolves.toBeUndefined();
});

it("tells of what went wrong once all that had begun is over, and begins no more", async () => {
  const { begun, act, end } = gates();
  let isSettled = false;
  const failing = (item: string) => (item === "b" ? Promise.reject(new Error("b went wrong")) : act(item));
  const all = sideBySide(["a", "b", "c", "d"], 2, failing).finally(() => {
    isSettled = true;
  });
  all.catch(() => undefined);
  await turn();
  expect(isSettled).toBe(false);
  end("a");
  await expect(all).rejects.toThrow("b went wrong");
  expect(begun).toEqual(["a"]);
});
