import type { NextFunction, Request, Response } from "express";
import { jobNamed } from "../app/find-job.ts";
import type { WebContext } from "./context.ts";
import { nameSegment } from "./view/links.ts";

/** The addresses of a job up to its name, and a number in the name's place. */
const NUMBERED =
  /^((?:\/api\/v1)?\/jobs|\/QM_dJobs|\/kill|\/download|\/(?:view|raw|delete)\/[^/?]+)\/(%23)?([1-9]\d{0,14})(?=[/?]|$)/;

/** Lets a job's number stand in an address wherever its name may: a name goes first, `#12` (`%2312`) is always the number. */
export function numberedAddresses(context: Pick<WebContext, "layout" | "live" | "ended">) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const [whole = "", before = "", mark, digits = ""] = NUMBERED.exec(request.url) ?? [];
    const isName = mark === undefined && jobNamed(context.layout, digits) !== undefined;
    const name = whole === "" || isName ? undefined : await nameOf(context, Number(digits));
    const hides = mark === undefined && context.ended.attemptsOf(digits).length > 0;
    if (name !== undefined && !hides)
      request.url = `${before}/${nameSegment(name)}${request.url.slice(whole.length)}`;
    next();
  };
}

async function nameOf(
  { layout, live, ended }: Pick<WebContext, "layout" | "live" | "ended">,
  number: number,
): Promise<string | undefined> {
  const { running, waiting } = live.view();
  const present = [...running, ...waiting].find((job) => job.number === number);
  if (present !== undefined) return present.name;
  await ended.refresh();
  const name = ended.attempts.findLast((attempt) => attempt.number === number)?.name;
  // Since then another job may have got the name.
  if (name === undefined || ended.attemptsOf(name)[0]?.number !== number) return undefined;
  const stage = jobNamed(layout, name)?.stage;
  return stage === "queue" || stage === "running" ? undefined : name;
}
