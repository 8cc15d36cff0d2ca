import picocolors from "picocolors";
import type { Io, Sink } from "./io.ts";

/** Colours for one sink; each leaves the text as it is where there are to be none. */
export type Style = ReturnType<typeof picocolors.createColors>;

/** Colours only on a terminal, and not where `NO_COLOR` (not empty) or `TERM=dumb` says so. */
export function styleFor(sink: Sink, env: Io["env"]): Style {
  const refused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return picocolors.createColors(sink.isTTY && !refused);
}
