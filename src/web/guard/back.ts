import type { IncomingHttpHeaders } from "node:http";

const MAX_LENGTH = 2000;

/**
 * An address that a request asks to be led back to, if it is surely one of this site: a path that no browser takes for
 * another server's, and nothing that could end a header.
 */
export function siteAddress(given: unknown): string | undefined {
  if (typeof given !== "string" || given.length > MAX_LENGTH) return undefined;
  // Browsers take a backslash for a slash and pass over tabs and line ends.
  return /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(given) ? given : undefined;
}

/** The address of the page of this site that led to a request, as browsers tell it; undefined where that is unknown. */
export function cameFrom({
  headers,
}: {
  readonly headers: Pick<IncomingHttpHeaders, "host" | "referer">;
}): string | undefined {
  const { host, referer = "" } = headers;
  if (!URL.canParse(referer)) return undefined;
  const page = new URL(referer);
  return page.host === host ? siteAddress(page.pathname + page.search) : undefined;
}
