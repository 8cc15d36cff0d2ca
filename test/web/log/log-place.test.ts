import { expect, it } from "vitest";
import { parsePlace, placeText } from "../../../src/web/log/log-place.ts";

it.each([{ byte: 0 }, { byte: 2_147_483_648, identity: "2049:77" }])("reads what it wrote: %j", (place) => {
  expect(parsePlace(placeText(place))).toEqual(place);
});

it.each(["", "-1", "1.5", "1e3", "12@", "12@a:b", "9".repeat(16), "12@1:2 ", " 12"])("refuses %j", (text) => {
  expect(parsePlace(text)).toBeUndefined();
});
