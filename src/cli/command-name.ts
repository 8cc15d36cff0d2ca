import fs from "node:fs";
import { quoteForShell } from "../text/escape.ts";
import type { Session } from "./session.ts";

/** The words by which a shell in the session's folder calls this very program: `qm` only where its PATH leads here. */
export function commandName({ io, services }: Session): string {
  const { script, root } = services.installation;
  const found = services.findProgram("qm", io.env["PATH"] ?? "");
  if (found !== undefined && fs.realpathSync(found) === script) return "qm";
  return io.cwd === root ? "npx qm" : quoteForShell(script);
}
