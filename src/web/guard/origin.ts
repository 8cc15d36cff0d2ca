import type { Request, RequestHandler } from "express";
import { QmError } from "../../text/errors.ts";
import { refuseInText } from "../errors.ts";
import { isSame, type Tokens } from "./token.ts";

/**
 * Lets only those act who have read our page, or hold the token for programs: a request of another method than GET and
 * HEAD needs our own origin and the form's token, or `Authorization: Bearer`.
 */
export function actionGuard(tokens: () => Tokens): RequestHandler {
  return (request, response, next) => {
    if (request.method === "GET" || request.method === "HEAD") return next();
    const why = refusalOf(request, tokens());
    if (why === undefined) return next();
    // A person is led back; a program wants the words alone.
    if (request.accepts(["text", "html"]) === "html") return next(new QmError("refused", why));
    refuseInText(response, 403, `403: ${why}`);
  };
}

/** Throws `refused` unless the request holds the token for programs: what a page's visitor may never do. */
export function refuseUnlessProgram(request: Request, tokens: Tokens): void {
  if (hasBearer(request, tokens)) return;
  throw new QmError("refused", "this takes the token for programs, which stands in .qm/api-token", {
    mend: "send it as `Authorization: Bearer TOKEN`",
  });
}

/** True where the request holds the token for programs. */
export function hasBearer(request: Request, { api }: Tokens): boolean {
  const found = /^Bearer +([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? "");
  return found?.[1] !== undefined && isSame(found[1], api);
}

function refusalOf(request: Request, tokens: Tokens): string | undefined {
  // Another scheme (Basic) is a proxy's login, not ours.
  if (/^Bearer\b/i.test(request.headers.authorization ?? ""))
    return hasBearer(request, tokens) ? undefined : "the token is wrong; it stands in .qm/api-token";
  if (!isSameOrigin(request))
    return "this request comes neither from this server's own page nor with a token (Authorization: Bearer)";
  const body: unknown = request.body;
  const given = typeof body === "object" && body !== null && "token" in body ? body.token : undefined;
  if (typeof given === "string" && isSame(given, tokens.form)) return undefined;
  return "the page is out of date: load it again, then repeat what you did";
}

// Browsers tell where a request comes from in one of these two; what tells neither is no browser of today.
function isSameOrigin({ headers }: Request): boolean {
  const site = headers["sec-fetch-site"];
  const { origin } = headers;
  if (site === undefined && origin === undefined) return false;
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined || isOrigin(origin, headers.host ?? "");
}

function isOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}
