import type { RequestHandler } from "express";

/**
 * Lets a request wait until the answers asked for before it on the same connection are sent, so that nothing is opened
 * for an answer that may never have its turn: when the connection ends before, nobody would be told.
 */
export const inTurn: RequestHandler = (_request, response, next) => {
  if (response.socket === null) response.once("socket", () => next());
  else next();
};
