import type { RequestHandler } from "express";

/**
 * Lets a request wait until the answers asked for before it on the same connection are sent: nothing is opened for an
 * answer that may never have its turn, as nobody would be told when the connection ends before; and whoever asks for
 * many things at once waits as long as everybody else for each.
 */
export const inTurn: RequestHandler = (_request, response, next) => {
  if (response.socket === null) response.once("socket", () => next());
  else next();
};
