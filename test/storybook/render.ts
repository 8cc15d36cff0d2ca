import path from "node:path";
import ejs from "ejs";
import type { PageFrame } from "../../src/web/context.ts";
import { clockView } from "../../src/web/view/time-view.ts";
import type { Story } from "./story.ts";

/** The folder of the templates. */
export const VIEWS = path.resolve(import.meta.dirname, "../../views");

/** A story as a whole page. */
export async function renderStory({ template, model }: Story, nowMs = Date.now()): Promise<string> {
  const frame: PageFrame = {
    host: "lab-1",
    refreshSeconds: 10,
    formToken: "canned",
    clock: clockView(nowMs),
  };
  return await ejs.renderFile(path.join(VIEWS, `${template}.ejs`), { ...model(nowMs), frame });
}
