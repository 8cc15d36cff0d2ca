import { errorCode, isNoRoom } from "../disk/error-code.ts";
import { describeNoRoom } from "../disk/room.ts";
import { makeRequest, removeRequest } from "../queue/requests.ts";
import { QmError } from "../text/errors.ts";
import { requester } from "./requester.ts";

/** Puts a request into a folder; `by` tells who asks. Throws `failed` where that is not allowed. */
export function request(folder: string, name: string, by = requester()): void {
  explained(folder, `put the file ${name} there`, () => makeRequest(folder, name, by));
}

/** Takes a request out of a folder. Throws `failed` where that is not allowed. */
export function withdrawRequest(folder: string, name: string): void {
  explained(folder, `take the file ${name} away`, () => removeRequest(folder, name));
}

function explained(folder: string, tried: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const code = errorCode(error);
    throw new QmError("failed", `the folder cannot be written to (${code})`, {
      path: folder,
      tried,
      mend: isNoRoom(error) ? `make room: ${describeNoRoom(error)}` : mendOf(code),
      cause: error,
    });
  }
}

function mendOf(code: string | undefined): string {
  if (code === "EACCES" || code === "EPERM")
    return "ask for the right to write there, or do it as the folder's owner";
  return "look at the job with `qm status`: it may have moved on";
}
