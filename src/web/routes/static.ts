import path from "node:path";
import express, { Router } from "express";

/** Style and scripts: our own, and the library that updates a page in place. Asked for anew each time, sent when changed. */
export function staticRouter(viewsFolder: string, morphScript: string): Router {
  const router = Router();
  router.get("/static/idiomorph.js", (_request, response) =>
    response.sendFile(morphScript, { maxAge: 0, dotfiles: "allow" }),
  );
  router.use("/static", express.static(path.join(viewsFolder, "static"), { index: false, maxAge: 0 }));
  return router;
}
