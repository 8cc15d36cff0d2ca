import { QmError } from "../text/errors.ts";

/** The value of an option that says how many. Throws `usage` for what is no whole number from 1 up. */
export function countOption(name: string, text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new QmError("usage", `${name} is "${text}"; it should be a whole number from 1 up`);
}
