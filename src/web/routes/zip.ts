import { type Request, type Response, Router } from "express";
import { resultsIn } from "../../queue/files/job-results.ts";
import type { Stage } from "../../queue/layout.ts";
import type { WebContext } from "../context.ts";
import { refuseInText } from "../errors.ts";
import { segmentsOf } from "../files/asked-file.ts";
import { type JobPlace, openJobPlace } from "../files/job-place.ts";
import { contentDisposition } from "../files/name-text.ts";
import { demandPace, type Pace, setFileHeaders } from "../files/send-bytes.ts";
import { writeZip } from "../files/zip.ts";

/** Packing takes a processor each, and one address shall not have them all. */
const MAX_ZIPS = 4;
const MAX_ZIPS_OF_ADDRESS = 2;
const RETRY_SECONDS = 10;

/** The stages in which a job's folder is looked for: those of ended jobs first. */
const STAGES_BY_INTEREST: readonly Stage[] = ["finished", "lost", "running", "queue"];

/** A job's folder as a zip: `/download/JOB`, with `?only=results` what the job wrote. */
export function zipRouter({ layout }: Pick<WebContext, "layout">, pace?: Pace): Router {
  const router = Router({ caseSensitive: true });
  const underWay: (string | undefined)[] = [];
  router.get(/^\/download\/[^/]+$/, async (request, response) => {
    setFileHeaders(response);
    const [, name] = segmentsOf(request.url.replace(/\?.*/s, "")) ?? [];
    if (name === undefined) return refuseInText(response, 400, "This address cannot be read.");
    const only = request.query["only"];
    if (only !== undefined && only !== "results")
      return refuseInText(response, 400, "only: it can be «results».");
    const { ip } = request;
    if (!hasRoom(underWay, ip)) return refuseForNow(response);
    underWay.push(ip);
    try {
      const place = await openJobPlace(layout, STAGES_BY_INTEREST, name);
      if (place === undefined) return refuseInText(response, 404, "There is no such job.");
      await sendZip(request, response, place, pace).finally(() => place.folder.close());
    } finally {
      underWay.splice(underWay.indexOf(ip), 1);
    }
  });
  return router;
}

function hasRoom(underWay: readonly (string | undefined)[], address: string | undefined): boolean {
  const own = underWay.filter((other) => other === address);
  return underWay.length < MAX_ZIPS && own.length < MAX_ZIPS_OF_ADDRESS;
}

async function sendZip(
  request: Request,
  response: Response,
  place: JobPlace,
  pace: Pace | undefined,
): Promise<void> {
  const isResults = request.query["only"] === "results";
  const fileName = Buffer.concat([place.name, Buffer.from(isResults ? "-results.zip" : ".zip")]);
  response.set("Content-Type", "application/zip");
  response.set("Content-Disposition", contentDisposition("attachment", fileName));
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const findWanted = async () => (isResults ? await resultsIn(place.folder) : () => true);
  demandPace(response, pace);
  await writeZip({ place, findWanted }, response);
}

function refuseForNow(response: Response): void {
  response.set("Retry-After", String(RETRY_SECONDS));
  refuseInText(response, 503, "Enough zips are being packed already. Please try again in a moment.");
}
