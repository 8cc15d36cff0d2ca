import { expect, it } from "vitest";
import { noticesOf } from "../../../src/web/view/notices.ts";
import { quietView } from "../../storybook/domain.ts";

function texts(changes: Parameters<typeof quietView>[0]): string[] {
  return noticesOf(quietView(changes), { act: false, delete: false });
}

it("what stops the queue comes first, then that its manager is silent, then all else", () => {
  expect(texts({})).toEqual([]);
  const all = { closed: "low disk", silence: "no sign of life", notices: ["look here"] };
  expect(texts(all)).toEqual(["Low disk", "No sign of life", "Look here"]);
  expect(texts({ ...all, manager: { kind: "absent" } })[0]).toContain("No manager runs");
});

it("a pause is told of unless something else stops the queue", () => {
  expect(texts({ paused: true })).toEqual(["The queue is paused"]);
  expect(texts({ paused: true, closed: "low disk" })).toEqual(["Low disk"]);
});
