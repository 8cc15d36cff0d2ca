import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { parseJson } from "../text/parse-json.ts";

const packageSchema = z.object({ version: z.string() });

/** The version in the installation's `package.json`. */
export function readVersion(root: string): string {
  const text = fs.readFileSync(path.join(root, "package.json"), "utf8");
  return parseJson(packageSchema, text)?.version ?? "unknown";
}
