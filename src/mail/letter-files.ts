import path from "node:path";

/** Where letters lie that are not to be sent, below the outbox. */
export function letterFolders(outbox: string): { readonly undelivered: string; readonly strange: string } {
  return { undelivered: path.join(outbox, "undelivered"), strange: path.join(outbox, "strange") };
}
