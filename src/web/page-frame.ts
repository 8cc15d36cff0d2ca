import os from "node:os";
import type { Response } from "express";
import type { Config } from "../config/config.ts";
import type { PageModel } from "./context.ts";
import type { Tokens } from "./guard/token.ts";
import { type ClockView, clockView } from "./view/time-view.ts";

/** What every page needs beside its own model: `frame` in the templates. */
export interface PageFrame {
  readonly host: string;
  readonly refreshSeconds: number;
  readonly formToken: string;
  readonly clock: ClockView;
}

/** Renders a template within the frame that all pages share. Pages are never cached: they show what is now. */
export function renderPage(
  response: Response,
  view: string,
  model: PageModel,
  { web }: Pick<Config, "web">,
  tokens: Tokens,
): void {
  const frame: PageFrame = {
    host: os.hostname(),
    refreshSeconds: web.refreshSeconds,
    formToken: tokens.form,
    clock: clockView(Date.now()),
  };
  response.set("Cache-Control", "no-store");
  response.render(view, { ...model, frame });
}
