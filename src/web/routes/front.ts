import { type Application, Router } from "express";
import { permissionsOf } from "../../app/actor.ts";
import type { WebContext } from "../context.ts";
import { lastLinesOf } from "../live/last-lines.ts";
import { type FrontQuery, pagesOf, readFrontQuery } from "../view/front-query.ts";
import { ENDED_ON_A_PAGE, frontView } from "../view/front-view.ts";

const FAILURES_SHOWN = 5;
const FAILURE_DAYS = 7;

/** The front page, under its own address and the original's. */
export function frontRouter(context: WebContext): Router {
  const router = Router();
  const pages = new SharedPages();
  router.get(["/", "/QM"], async ({ app, originalUrl, query }, response) => {
    const { config } = context.queue();
    await context.ended.refresh();
    const state = [config, context.live.version(), context.ended.version];
    const text = await pages.ask(originalUrl, state, async () => {
      const view = await makeView(context, query);
      return await rendered(app, { ...view, frame: context.frame() });
    });
    response.type("html").send(text);
  });
  return router;
}

function rendered(app: Application, model: object): Promise<string> {
  return new Promise((resolve, reject) => {
    app.render("front", model, (error: unknown, text) =>
      error instanceof Error ? reject(error) : resolve(text),
    );
  });
}

async function makeView(context: WebContext, asked: Readonly<Record<string, unknown>>) {
  const wanted = readFrontQuery(asked);
  const nowMs = Date.now();
  const { config, layout } = context.queue();
  const view = context.live.view();
  const { ended, page } = await endedPage(context, wanted);
  const sinceMs = nowMs - FAILURE_DAYS * 86_400_000;
  return frontView({
    view,
    lastLines: lastLinesOf(layout, view.running),
    ended,
    failures: await context.ended.page({ outcome: "failure", sinceMs }, 0, FAILURES_SHOWN),
    owners: context.ended.owners(),
    query: { ...wanted, page },
    permissions: permissionsOf(config),
    details: config.web.displayDetails,
    queueFolder: layout.queue,
    pathAs: config.mail.pathAs,
    nowMs,
  });
}

/** The page asked for; the last where that is beyond it, as the list may have become shorter since the link was made. */
async function endedPage({ ended }: WebContext, { filter, page }: FrontQuery) {
  const pageAt = (at: number) => ended.page(filter, (at - 1) * ENDED_ON_A_PAGE, ENDED_ON_A_PAGE);
  const found = await pageAt(page);
  const last = pagesOf(found.total, ENDED_ON_A_PAGE);
  return page <= last ? { ended: found, page } : { ended: await pageAt(last), page: last };
}

/** Age up to which a page serves others who ask for it. */
const FRESH_MS = 400;
/** Most pages that are cached; addresses are strangers' texts. */
const MAX_PAGES = 100;

interface SharedPage {
  readonly madeMs: number;
  readonly text: Promise<string>;
}

/** Pages made once for all who ask for the same at the same time: after a change many open pages do. */
export class SharedPages {
  readonly #pages = new Map<string, SharedPage>();
  #state: readonly unknown[] = [];

  /**
   * The page of an address, made now or a moment ago. Throws what making it throws.
   * @param state what it is made from: another one makes it anew
   */
  async ask(address: string, state: readonly unknown[], make: () => Promise<string>): Promise<string> {
    const isSame = state.every((part, at) => part === this.#state[at]);
    if (!isSame || this.#pages.size >= MAX_PAGES) this.#pages.clear();
    this.#state = state;
    const nowMs = performance.now();
    const known = this.#pages.get(address);
    if (known !== undefined && nowMs - known.madeMs < FRESH_MS) return await known.text;
    const page = { madeMs: nowMs, text: make() };
    this.#pages.set(address, page);
    page.text.catch(() => this.#pages.delete(address));
    return await page.text;
  }
}
