import os from "node:os";
import type { Application, Response } from "express";
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
  config: Pick<Config, "web">,
  tokens: Tokens,
): void {
  response.set("Cache-Control", "no-store");
  response.render(view, { ...model, frame: frameOf(config, tokens) });
}

/** A page as {@link renderPage} sends it, for whoever sends it to several. Throws what the template throws. */
export function pageText(
  app: Application,
  view: string,
  model: PageModel,
  config: Pick<Config, "web">,
  tokens: Tokens,
): Promise<string> {
  return new Promise((resolve, reject) => {
    app.render(view, { ...model, frame: frameOf(config, tokens) }, (error: unknown, text) => {
      if (error instanceof Error) reject(error);
      else resolve(text);
    });
  });
}

function frameOf({ web }: Pick<Config, "web">, tokens: Tokens): PageFrame {
  return {
    host: os.hostname(),
    refreshSeconds: web.refreshSeconds,
    formToken: tokens.form,
    clock: clockView(Date.now()),
  };
}
