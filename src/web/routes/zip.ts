import { type Request, type Response, Router } from "express";
import { resultsIn } from "../../folders/job-results.ts";
import type { Shelf } from "../../folders/layout.ts";
import type { WebContext } from "../context.ts";
import { type JobPlace, openJobPlace } from "../files/job-place.ts";
import { contentDisposition } from "../files/name-text.ts";
import { segmentsOf } from "../files/segments.ts";
import { STALL_MS, setFileHeaders } from "../files/send-bytes.ts";
import { writeZip } from "../files/zip.ts";

/** Packing takes a processor each. */
const MAX_ZIPS = 4;
const RETRY_SECONDS = 10;

/** Where a job's folder is looked for: what has ended first. */
const SHELVES_BY_INTEREST: readonly Shelf[] = ["finished", "lost", "running", "queue"];

/** A job's folder as a zip: `/download/JOB`, with `?only=results` what the job wrote. */
export function zipRouter({ layout }: Pick<WebContext, "layout">): Router {
  const router = Router({ caseSensitive: true });
  let underWay = 0;
  router.get(/^\/download\/[^/]+$/, async (request, response) => {
    setFileHeaders(response);
    const [, name] = segmentsOf(request.url.replace(/\?.*/s, "")) ?? [];
    if (name === undefined) return refuse(response, 400, "This address cannot be read.");
    if (underWay >= MAX_ZIPS) return refuseForNow(response);
    underWay += 1;
    try {
      const place = await openJobPlace(layout, SHELVES_BY_INTEREST, name);
      if (place === undefined) return refuse(response, 404, "There is no such job.");
      await sendZip(request, response, place).finally(() => place.folder.close());
    } finally {
      underWay -= 1;
    }
  });
  return router;
}

async function sendZip(request: Request, response: Response, place: JobPlace): Promise<void> {
  const isResults = request.query["only"] === "results";
  const fileName = Buffer.concat([place.name, Buffer.from(isResults ? "-results.zip" : ".zip")]);
  response.set("Content-Type", "application/zip");
  response.set("Content-Disposition", contentDisposition("attachment", fileName));
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const isWanted = isResults ? await resultsIn(place.folder) : () => true;
  response.setTimeout(STALL_MS, () => response.destroy());
  await writeZip({ place, isWanted }, response);
}

function refuseForNow(response: Response): void {
  response.set("Retry-After", String(RETRY_SECONDS));
  refuse(response, 503, "Enough zips are being packed already. Please try again in a moment.");
}

function refuse(response: Response, status: number, why: string): void {
  response.status(status).type("text/plain").send(`${why}\n`);
}
