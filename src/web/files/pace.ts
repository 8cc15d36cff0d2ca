import type { Response } from "express";

/** What the client of a long answer has to take at least. */
export interface Pace {
  readonly bytes: number;
  readonly withinMs: number;
}

/**
 * Slower than the worst line that people have. A shorter time would end honest clients: the system lets us write again
 * only when a third of what it holds for one, often 1 MB, is gone.
 */
const SLOWEST_PACE: Pace = { bytes: 128 * 1024, withinMs: 60_000 };

const LOOKS_WITHIN = 6;

/**
 * Ends the connection of an answer, written in small pieces, whose client takes less than this while there is something
 * to take. A timeout of the socket does not do: it begins anew with every byte.
 */
export function demandPace(response: Response, { bytes, withinMs }: Pace = SLOWEST_PACE): void {
  const { socket } = response;
  if (socket === null || response.closed) return;
  response.setTimeout(0);
  let mark = socket.bytesWritten;
  let inVain = 0;
  // Looks are counted, not time: a process that was held up has not given its clients any.
  const look = () => {
    const taken = socket.bytesWritten;
    // Without anything to take it is this server that is slow.
    const isTaking = taken - mark >= bytes || response.writableLength === 0;
    inVain = isTaking ? 0 : inVain + 1;
    if (isTaking) mark = taken;
    else if (inVain >= LOOKS_WITHIN) response.destroy();
  };
  const looks = setInterval(look, withinMs / LOOKS_WITHIN).unref();
  response.once("close", () => clearInterval(looks));
}
