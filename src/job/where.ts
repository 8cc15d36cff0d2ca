import { commaSeparated, ok, type Parsed, wrong } from "../text/parsed.ts";

/** A worker's, a pool's or a label's name. */
export const PLACE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The form of such a name, in words. */
export const PLACE_NAME_RIGHT =
  "up to 64 letters, digits, `.`, `_` and `-`, beginning with a letter or digit";

/** The labels that every worker has by itself. */
const OWN_LABELS: readonly string[] = ["os", "cores", "mem"];

/** One of the demands in `needs`. */
export type Need =
  /** A label; without a value here whatever its value there. */
  | { readonly kind: "label"; readonly label: string; readonly value?: string }
  /** Processors offered, or bytes of memory. */
  | { readonly kind: "amount"; readonly of: "cores" | "mem"; readonly sign: Sign; readonly amount: number };

type Sign = ">=" | "=" | "<=";

/** The form of `Labels`, in words. */
export const LABELS_RIGHT = `should be labels separated by commas, such as gpu or cuda=12; ${OWN_LABELS.join(", ")} are there by themselves`;

const NEEDS_RIGHT = "should be labels (gpu, cuda=12), cores>=16 or mem>=64G, separated by commas";

/** The names of `worker`. */
export function readWorkerNames(text: string): Parsed<readonly string[]> {
  const names = commaSeparated(text);
  const isRight = names.length > 0 && names.every((name) => PLACE_NAME.test(name));
  return isRight
    ? ok(names)
    : wrong(`should be names of workers, separated by commas, each ${PLACE_NAME_RIGHT}`);
}

/** The name of `pool`. */
export function readPool(text: string): Parsed<string> {
  return PLACE_NAME.test(text) ? ok(text) : wrong(`should be the name of one pool: ${PLACE_NAME_RIGHT}`);
}

/** The demands of `needs`, without the blanks in them. */
export function readNeeds(text: string): Parsed<readonly string[]> {
  const needs = commaSeparated(text).map((need) => need.replace(/\s*([<>=]+)\s*/, "$1"));
  if (needs.length === 0) return wrong(NEEDS_RIGHT);
  for (const need of needs) {
    const parsed = parseNeed(need);
    if (parsed.kind === "wrong") return parsed;
  }
  return ok(needs);
}

/** One demand: `gpu`, `cuda=12`, `cores>=16`, `mem>=64G`. */
export function parseNeed(text: string): Parsed<Need> {
  const [, name = "", sign, value = ""] = /^([^<>=]*?)(?:(>=|<=|=)([^<>=]+))?$/.exec(text) ?? [];
  if (!PLACE_NAME.test(name)) return wrong(NEEDS_RIGHT);
  const label = name.toLowerCase();
  if (sign === undefined) return ok({ kind: "label", label });
  if (label === "cores" || label === "mem") return parseAmount(label, sign as Sign, value);
  if (sign !== "=") return wrong(`${NEEDS_RIGHT}: only cores and mem can be compared`);
  return PLACE_NAME.test(value)
    ? ok({ kind: "label", label, value: value.toLowerCase() })
    : wrong(NEEDS_RIGHT);
}

const UNITS = ["K", "M", "G", "T"];

function parseAmount(of: "cores" | "mem", sign: Sign, text: string): Parsed<Need> {
  const amount = of === "cores" ? countIn(text) : bytesIn(text);
  if (amount !== undefined) return ok({ kind: "amount", of, sign, amount });
  return wrong(
    of === "cores"
      ? "should have cores as a whole number: cores>=16"
      : "should have mem with its unit, K, M, G or T: mem>=64G",
  );
}

function countIn(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** Units of 1000, as the sizes of machines are told. */
function bytesIn(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,9}(?:\.\d{1,9})?)([KMGT])B?$/i.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * 1000 ** (UNITS.indexOf(unit.toUpperCase()) + 1);
}

/** The label of a `Labels` list: a name, perhaps with a value. */
export function readLabel(text: string): Parsed<string> {
  const parts = text.split("=").map((part) => part.trim());
  const isRight = parts.length <= 2 && parts.every((part) => PLACE_NAME.test(part));
  return isRight && !OWN_LABELS.includes(parts[0]?.toLowerCase() ?? "")
    ? ok(parts.join("="))
    : wrong(LABELS_RIGHT);
}
