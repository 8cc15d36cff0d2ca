import { escapeControls } from "../text/escape.ts";

/** Labels and values as aligned lines; values are escaped, those that are missing or empty left out. */
export function fieldLines(
  fields: readonly (readonly [label: string, value: string | undefined])[],
): string[] {
  return fields.flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [`  ${`${label}:`.padEnd(15)}${escapeControls(value)}`],
  );
}
